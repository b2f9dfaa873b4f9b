// T = tokens, V = vocabulary, D = width
using TorchSharp;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Tests;

/// <summary>Embedding, two layers of linears, head: enough of a model for every slot of a LoRA. In float64 a wrong factor cannot hide.</summary>
internal sealed class SmallModel : IDisposable
{
    public const int Vocabulary = 11, Width = 6;

    private readonly Workspace _workspace = new(ScalarType.Float64);

    public SmallModel(bool tied = false, bool transposed = false)
    {
        TorchRuntime.EnsureLoaded();
        manual_seed(5);
        var embedding = new Embedding("model.embed_tokens", new Parameter("model.embed_tokens.weight", randn(Vocabulary, Width)), paddingId: 0);
        Linear New(string name, bool bias) => new(name, new Parameter(name + ".weight", randn(Width, Width)), bias ? new Parameter(name + ".bias", randn(Width)) : null, transposed);
        Linear[] linears = [.. Enumerable.Range(0, 2).SelectMany(layer => (Linear[])[New($"model.layers.{layer}.attn.q_proj", true), New($"model.layers.{layer}.attn.k_proj", false)])];
        var head = new Linear("lm_head", tied ? embedding.Weight : new Parameter("lm_head.weight", randn(Vocabulary, Width)));
        Parameter[] parameters = [embedding.Weight, .. linears.SelectMany(linear => linear.Bias is null ? (Parameter[])[linear.Weight] : [linear.Weight, linear.Bias]), .. tied ? (Parameter[])[] : [head.Weight]];
        Tunable = new TunableModel(linears, parameters, head) { Embedding = embedding };
    }

    public TunableModel Tunable { get; }

    /// <summary>Three rows of 3, 1 and 4 tokens; label of each token: the next one.</summary>
    public static TokenBatch Batch() => TokenBatch.FromRows([[1, 2, 3], [0], [4, 1, 9, 2]], [[1, 2, 3], [0], [4, 1, 9, 2]]);

    /// <summary>x = tanh-free sum of the linears' outputs behind the embedding.</summary>
    public Var Hidden(Tape tape, TokenBatch batch)
    {
        Var x = Tunable.Embedding!.Forward(tape, batch);
        foreach (Linear linear in Tunable.Linears) x = tape.Add(x, linear.Forward(tape, x));
        return x;
    }

    /// <summary>Logits of all tokens.</summary>
    public double[] Logits()
    {
        using TokenBatch batch = Batch();
        using var tape = new Tape(_workspace, recording: false);
        double[] logits = Tunable.Head!.Forward(tape, Hidden(tape, batch)).Data.data<double>().ToArray();
        return logits;
    }

    /// <summary>Loss and, in <see cref="Parameter.Grad"/>, the gradients of what is trained.</summary>
    public double Step(long seed = 3)
    {
        foreach (Parameter parameter in Tunable.Parameters) parameter.ClearGrad();
        using TokenBatch batch = Batch();
        double loss;
        using (var tape = new Tape(_workspace) { Seed = seed })
        {
            Var root = tape.CrossEntropy(Hidden(tape, batch), Tunable.Head!, batch, divisor: batch.NumLabels);
            loss = root.Data.item<double>();
            tape.Backward(root);
        }
        _workspace.NumRented.ShouldBe(0);
        return loss;
    }

    public void Dispose()
    {
        foreach (Parameter parameter in Tunable.Parameters) parameter.Dispose();
        _workspace.Dispose();
    }
}
