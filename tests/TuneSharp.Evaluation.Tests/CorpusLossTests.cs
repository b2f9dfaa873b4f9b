using TorchSharp;
using TuneSharp.Data;
using TuneSharp.Evaluation.Losses;
using TuneSharp.Formats;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;
using TuneSharp.Nn;

namespace TuneSharp.Evaluation.Tests;

public sealed class CorpusLossTests
{
    private static readonly TrainingExample[] Rows =
    [
        new([3, 7, 1, 9, 4, 2], [-100, -100, 1, 9, 4, 2]),
        new([5, 6], [-100, 6]),
        new([8, 8, 8], [-100, -100, -100]),
        new([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
    ];

    [Fact]
    public void The_loss_is_the_mean_over_labelled_tokens()
    {
        using ICausalLm model = Create();
        double nats = 0;
        int tokens = 0;
        foreach (TrainingExample row in Rows)
        {
            for (int t = 1; t < row.Length; t++)
            {
                if (row.Labels[t] == TrainingExample.Ignored) continue;
                nats -= LogProbability(model, row.InputIds[..t], row.Labels[t]);
                tokens++;
            }
        }
        CorpusLossResult result = CorpusLoss.Measure(model, Rows);
        result.NumTokens.ShouldBe(tokens);
        result.NumRows.ShouldBe(3);
        result.Loss.ShouldBe(nats / tokens, 1e-5);
        result.Perplexity.ShouldBe(Math.Exp(nats / tokens), 1e-3);
    }

    [Fact]
    public void Batches_change_nothing()
    {
        using ICausalLm model = Create();
        double alone = CorpusLoss.Measure(model, Rows, batchTokens: 1).Nats, together = CorpusLoss.Measure(model, Rows, batchTokens: 10_000).Nats;
        // Sums of another order in float32.
        together.ShouldBe(alone, 1e-5 * alone);
    }

    [Fact]
    public void Rows_without_labels_are_refused()
    {
        using ICausalLm model = Create();
        Should.Throw<InvalidInputException>(() => CorpusLoss.Measure(model, [Rows[2]])).Message.ShouldContain("data show");
    }

    private static double LogProbability(ICausalLm model, int[] ids, int next)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using Workspace workspace = model.CreateWorkspace();
        using TokenBatch batch = TokenBatch.FromRows([ids]);
        using var tape = new Tape(workspace, recording: false);
        torch.Tensor logits = model.Head.Forward(tape, model.Hidden(tape, batch)).Data[^1].to(torch.ScalarType.Float64);
        return (logits[next] - logits.logsumexp(0)).item<double>();
    }

    private static ICausalLm Create() => ModelCatalog.CreateRandom(HfConfig.Parse("""
        {"model_type": "llama", "vocab_size": 12, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2,
         "num_key_value_heads": 1, "max_position_embeddings": 32, "rms_norm_eps": 1e-5, "tie_word_embeddings": true, "initializer_range": 0.5}
        """, "tiny"), seed: 5);
}
