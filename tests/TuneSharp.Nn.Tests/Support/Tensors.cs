using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn.Tests.Support;

/// <summary>Repeatable numbers and comparisons.</summary>
internal static class Tensors
{
    /// <summary>Normal numbers of an own seed.</summary>
    public static Tensor Normal(int seed, ScalarType type, params long[] shape)
    {
        TorchRuntime.EnsureLoaded();
        using var generator = new Generator((ulong)seed);
        using Tensor wide = torch.empty(shape, dtype: ScalarType.Float64).normal_(0, 1, generator).DetachFromDisposeScope();
        return wide.to(type, copy: true);
    }

    public static double[] Numbers(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor flat = x.detach().to(ScalarType.Float64).contiguous();
        return flat.data<double>().ToArray();
    }

    /// <summary>|a - b| / |b|, Euclidean norms; both near zero: 0.</summary>
    public static double RelativeError(Tensor a, Tensor b)
    {
        a.shape.ShouldBe(b.shape);
        double[] x = Numbers(a), y = Numbers(b);
        double difference = Math.Sqrt(x.Zip(y, (p, q) => (p - q) * (p - q)).Sum()), norm = Math.Sqrt(y.Sum(q => q * q));
        return difference == 0 ? 0 : difference / Math.Max(norm, 1e-12);
    }
}
