using TorchSharp;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Tests.Contract;

/// <summary>A small random decoder or classifier, computed in float64 so that a wrong factor cannot hide in rounding.</summary>
internal sealed class ContractModel : IDisposable
{
    private const int Vocabulary = 23;

    private static readonly int[][] Rows = [[1, 5, 7, 2, 9], [3, 4], [11, 2, 6, 20]];

    private readonly IModel _model;
    private readonly Workspace _workspace = new(ScalarType.Float64);

    private ContractModel(IModel model)
    {
        _model = model;
        using var off = no_grad();
        ulong seed = 1;
        // Norms and biases, which start at 1 and 0, are drawn too.
        foreach (Parameter parameter in model.Parameters.Where(parameter => parameter.Shape.Count == 1))
        {
            using var generator = new Generator(seed++);
            using Tensor noise = torch.empty(parameter.Value.shape).normal_(0, 0.3, generator);
            parameter.Value.add_(noise);
        }
    }

    public TunableModel Tunable => _model.Tunable;

    /// <param name="kind">decoder (qwen2: biases, grouped heads, tied) or classifier (bert).</param>
    /// <param name="width">Of the hidden states.</param>
    public static ContractModel Create(string kind, int width = 16) => new(kind == "decoder"
        ? ModelCatalog.CreateRandom(HfConfig.Parse($$"""
            {"model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"], "vocab_size": {{Vocabulary}}, "hidden_size": {{width}}, "intermediate_size": 24, "num_hidden_layers": 3,
             "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 64, "rms_norm_eps": 1e-6, "hidden_act": "silu", "rope_theta": 10000.0,
             "tie_word_embeddings": true, "initializer_range": 0.3}
            """, "test"), 1)
        : ModelCatalog.CreateRandomClassifier(HfConfig.Parse($$"""
            {"model_type": "bert", "architectures": ["BertForSequenceClassification"], "vocab_size": {{Vocabulary}}, "hidden_size": {{width}}, "intermediate_size": 24, "num_hidden_layers": 3,
             "num_attention_heads": 4, "max_position_embeddings": 64, "type_vocab_size": 2, "layer_norm_eps": 1e-6, "hidden_act": "gelu", "hidden_dropout_prob": 0.0,
             "attention_probs_dropout_prob": 0.0, "initializer_range": 0.3, "id2label": {"0": "a", "1": "b", "2": "c"}, "pad_token_id": 0}
            """, "test"), 1));

    /// <summary>What the model gives for three rows: logits of all real tokens, or of the classes.</summary>
    public double[] Output()
    {
        using DisposeScope scope = NewDisposeScope();
        using TokenBatch batch = Batch();
        using var tape = new Tape(_workspace, recording: false);
        Var logits = _model is ISequenceClassifier classifier ? classifier.Logits(tape, batch) : Logits(tape, batch);
        return logits.Data.data<double>().ToArray();
    }

    /// <summary>The loss, and in <see cref="Parameter.Grad"/> the gradients of what is trained.</summary>
    public double Step(IReadOnlyList<Parameter> trained)
    {
        foreach (Parameter parameter in trained.Concat(_model.Parameters)) parameter.ClearGrad();
        double loss;
        using (DisposeScope scope = NewDisposeScope())
        using (TokenBatch batch = Batch())
        using (var tape = new Tape(_workspace) { Seed = 3 })
        {
            Var root = Loss(tape, batch);
            loss = root.Data.item<double>();
            tape.Backward(root);
        }
        _workspace.NumRented.ShouldBe(0);
        return loss;
    }

    /// <summary>The loss alone, as a training step would see it.</summary>
    public double Loss()
    {
        using DisposeScope scope = NewDisposeScope();
        using TokenBatch batch = Batch();
        // Not recording: the cross-entropy would add the gradients of a head in forward.
        using var tape = new Tape(_workspace, recording: false) { Training = true, Seed = 3 };
        return Loss(tape, batch).Data.item<double>();
    }

    public void Dispose()
    {
        _model.Dispose();
        _workspace.Dispose();
    }

    private TokenBatch Batch() => TokenBatch.FromRows(Rows, Rows, numVirtualTokens: _model.NumVirtualTokens);

    private Var Loss(Tape tape, TokenBatch batch) => _model is ISequenceClassifier classifier
        ? tape.ClassLoss(classifier.Logits(tape, batch), [0, 2, 1], Rows.Length, 0)
        : tape.CrossEntropy(_model.Hidden(tape, batch), ((ICausalLm)_model).Head, batch, divisor: batch.NumLabels);

    private Var Logits(Tape tape, TokenBatch batch)
    {
        Var hidden = _model.Hidden(tape, batch);
        return ((ICausalLm)_model).Head.Forward(tape, tape.Rows(hidden, [.. Enumerable.Range(0, batch.NumTokens).Where(token => batch.Ids[token] != TokenBatch.Virtual)]));
    }
}
