using TorchSharp;
using TuneSharp.Data;
using TuneSharp.Formats;
using TuneSharp.Models;
using TuneSharp.Nn;

namespace TuneSharp.Evaluation.Losses;

/// <summary>How well a model predicts the labelled tokens of a set of rows.</summary>
/// <param name="Nats">Sum of -ln p over the labelled tokens.</param>
/// <param name="NumTokens">Labelled tokens.</param>
/// <param name="NumRows">Rows with at least one of them.</param>
public sealed record CorpusLossResult(double Nats, long NumTokens, int NumRows)
{
    /// <summary>Mean loss a labelled token, in nats: each token counts the same, whatever row it stands in.</summary>
    public double Loss => Nats / NumTokens;

    /// <summary>exp(loss): among how many equally likely tokens the model is undecided.</summary>
    public double Perplexity => Math.Exp(Loss);
}

/// <summary>Measures the loss without recording anything for backward.</summary>
public static class CorpusLoss
{
    /// <param name="model">With or without adapters.</param>
    /// <param name="rows">Rows without a labelled token are passed over.</param>
    /// <param name="batchTokens">Tokens that are computed at once; rows of like length go together.</param>
    /// <param name="measured">Told the number of rows that are done.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="InvalidInputException">No row has a labelled token.</exception>
    public static CorpusLossResult Measure(ICausalLm model, IReadOnlyList<TrainingExample> rows, int batchTokens = 4096, Action<int>? measured = null, CancellationToken cancellation = default)
    {
        TrainingExample[] counted = [.. rows.Where(r => r.NumLabels > 0).OrderBy(r => r.Length)];
        if (counted.Length == 0)
            throw new InvalidInputException("None of the rows has a token to predict.", null, "Look at a row with `tunesharp data show` to see which tokens count.");
        using Workspace workspace = model.CreateWorkspace();
        double nats = 0;
        long tokens = 0;
        for (int at = 0; at < counted.Length;)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = 1;
            while (at + count < counted.Length && counted[at + count].Length * (count + 1) <= batchTokens) count++;
            ArraySegment<TrainingExample> part = new(counted, at, count);
            using (var scope = torch.NewDisposeScope())
            using (TokenBatch batch = TokenBatch.FromRows([.. part.Select(r => r.InputIds)], [.. part.Select(r => r.Labels)], numVirtualTokens: model.NumVirtualTokens))
            using (var tape = new Tape(workspace, recording: false))
            {
                Var loss = tape.CrossEntropy(model.Hidden(tape, batch), model.Head, batch, 1);
                nats += loss.Data.to(torch.ScalarType.Float64).item<double>();
                tokens += batch.NumLabels;
            }
            at += count;
            measured?.Invoke(at);
        }
        return new CorpusLossResult(nats, tokens, counted.Length);
    }
}
