// k = adapters; all other sizes are free
using TorchSharp;
using TuneSharp.Nn.Runtime;
using TuneSharp.Peft.Randomness;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Combining.Weighted;

/// <summary>
/// Tensors of the same shape from several adapters as one, bit for bit as PEFT does it:
/// <code>
/// sum:             Σ w_k t_k                                           (arXiv:2212.04089)
/// magnitude:       t_k keeps its int(density · n) largest numbers
/// random (DARE):   t_k = t_k ∘ mask_k / density                        (arXiv:2311.03099)
/// TIES:            sign = majority of the t_k, unweighted, 0 as +; Σ w_k t_k over those with that sign / their number   (arXiv:2306.01708)
/// </code>
/// </summary>
/// <param name="kind">What to do.</param>
/// <param name="density">Share of the numbers that pruning keeps.</param>
/// <param name="byFrequency">The majority counts signs instead of adding numbers.</param>
/// <param name="mask">A mask of 0 and 1 for DARE: (adapter's place, tensor) → mask of its shape.</param>
internal sealed class TaskVectors(CombinationKind kind, double density, bool byFrequency, Func<int, string, Tensor, Tensor> mask)
{
    /// <param name="name">Of the tensor, for its mask.</param>
    /// <param name="tensors">One of each adapter.</param>
    /// <param name="weights">One of each adapter.</param>
    public Tensor Combine(string name, IReadOnlyList<Tensor> tensors, IReadOnlyList<double> weights)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor all_k = stack(tensors.Select((values, i) => Pruned(i, name, values)).ToArray(), 0);
        long[] shape = [tensors.Count, .. Enumerable.Repeat(1L, (int)tensors[0].dim())];
        Tensor weighted_k = all_k.mul(tensor(weights.Select(weight => (float)weight).ToArray()).reshape(shape));
        return (kind.ElectsSigns ? OfMajority(all_k, weighted_k) : weighted_k.sum([0])).MoveToOuterDisposeScope();
    }

    /// <summary>A mask from the adapter's place and the tensor's name: the same each time.</summary>
    public static Func<int, string, Tensor, Tensor> RandomMasks(long seed, double density) => (place, name, values) =>
    {
        var uniform = new float[values.numel()];
        CounterRandom.FillUniform(uniform, CounterRandom.Key(seed, (ulong)place, CounterRandom.Hash(name)), 1);
        return tensor(Array.ConvertAll(uniform, u => (u + 1) / 2 < density ? 1f : 0f)).reshape(values.shape);
    };

    private Tensor OfMajority(Tensor all_k, Tensor weighted_k)
    {
        Tensor signs_k = all_k.sign();
        Tensor positive = (byFrequency ? signs_k : all_k).sum([0]).ge(Number.Zero);
        Tensor majority = positive.to(all_k.dtype).mul(Number.Of(2)).sub(Number.One);
        Tensor agree_k = signs_k.eq(majority).to(all_k.dtype);
        return weighted_k.mul(agree_k).sum([0]).div(agree_k.sum([0]).clamp_(min: Number.One));
    }

    private Tensor Pruned(int place, string name, Tensor values)
    {
        if (kind.Pruning == Pruning.None || density >= 1) return values;
        if (kind.Pruning == Pruning.Random) return values.mul(mask(place, name, values)).div(Number.Of(density));
        Tensor flat = values.reshape(-1), keep = zeros_like(flat);
        (_, Tensor largest) = flat.abs().topk((int)(density * flat.numel()));
        keep.index_fill_(0, largest, Number.One);
        return values.mul(keep.reshape(values.shape));
    }
}
