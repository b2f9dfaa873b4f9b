using System.Security.Cryptography;
using System.Text;
using TorchSharp;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Models.Weights;

/// <summary>
/// A random start: matrices normal with mean 0 and a given deviation, norms 1, biases 0. Every tensor has a seed of its
/// own made from the seed and its name, so that it does not depend on what else is drawn.
/// </summary>
internal sealed class RandomWeights(long seed, double deviation, ScalarType type, WeightPacking? packing = null) : IWeightSource
{
    public Parameter Matrix(string name, long rows, long columns)
    {
        TorchRuntime.EnsureLoaded();
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}/{name}"));
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator((ulong)BitConverter.ToInt64(hash) >> 1);
        Tensor values = torch.empty(rows, columns, dtype: ScalarType.Float32).normal_(0, deviation, generator);
        return new Parameter(name, values.to(type));
    }

    public Parameter LinearWeight(string name, long rows, long columns)
    {
        Parameter dense = Matrix(name, rows, columns);
        if (packing is null) return dense;
        PackedMatrix packed;
        using (dense) packed = packing.Quantise(dense.Value, name, "random weights");
        TensorMemory.GiveBackFreed();
        return new Parameter(name, packed);
    }

    public Parameter Norm(string name, long size) => Fill(name, size, 1);

    public Parameter Bias(string name, long size) => Fill(name, size, 0);

    public (Parameter Embedding, Parameter Head) Vocabulary(string embedding, string head, long vocabulary, long hidden, bool tied)
    {
        Parameter e = Matrix(embedding, vocabulary, hidden);
        return (e, tied ? e : Matrix(head, vocabulary, hidden));
    }

    private Parameter Fill(string name, long size, double value)
    {
        TorchRuntime.EnsureLoaded();
        return new Parameter(name, torch.full(size, Number.Of(value), dtype: type));
    }
}
