using System.Runtime.InteropServices;
using TorchSharp;
using TuneSharp.Kernels;
using static TorchSharp.torch;

namespace TuneSharp.Training.Optimizers;

/// <summary>
/// Another rule whose memory is kept as eight-bit codes of a dynamic map with one scale for 256 numbers (Dettmers et al. 2022,
/// arXiv:2110.02861; bitsandbytes). Each step decodes it piece by piece, makes the rule's step, in which the weight sees the exact new
/// memory, and encodes it again. Small parameters keep float32.
/// </summary>
/// <param name="Inner">A rule whose numbers do not see each other; its first state has both signs, its second none below 0.</param>
/// <param name="MinSize">Parameters with fewer numbers keep float32 (`min_8bit_size`).</param>
/// <param name="Codes">How a number gets its code: the nearest as on a GPU, or by look-up as bitsandbytes does on a processor.</param>
public sealed record EightBitRule(UpdateRule Inner, int MinSize, CodeRule Codes) : IUpdateRule
{
    private const int BlockSize = 256, PieceSize = BlockSize << 12;
    private const string Scale = "_absmax";

    public IReadOnlyList<StateSpec> States(IReadOnlyList<long> shape)
    {
        IReadOnlyList<StateSpec> states = Inner.States(shape);
        long size = shape.Aggregate(1L, (product, length) => product * length);
        return size < MinSize ? states : [.. states.SelectMany(state => (StateSpec[])[state with { Type = ScalarType.Byte }, new(state.Name + Scale, [EightBitBlocks.NumBlocks(size, BlockSize)])])];
    }

    public void Update(IReadOnlyList<StepTarget> targets, double learningRate)
    {
        string[] names = [.. Inner.States([1]).Select(state => state.Name)];
        Inner.Update([.. targets.Where(target => !target.Has(names[0] + Scale))], learningRate);
        foreach (StepTarget target in targets.Where(target => target.Has(names[0] + Scale)))
            for (long at = 0; at < target.Weight.numel(); at += PieceSize) UpdatePiece(target, names, at, learningRate);
    }

    private void UpdatePiece(StepTarget whole, string[] names, long at, double learningRate)
    {
        using DisposeScope scope = NewDisposeScope();
        long count = Math.Min(PieceSize, whole.Weight.numel() - at);
        var states = names.ToDictionary(name => name, _ => empty(count, dtype: ScalarType.Float32));
        for (int i = 0; i < names.Length; i++)
            EightBitBlocks.Dequantise(Map(i), CodesOf(whole, names[i], at, count), ScalesOf(whole, names[i], at, count), BlockSize, Numbers(states[names[i]]));
        Inner.Update([whole with { Weight = Flat(whole.Weight, at, count), Gradient = Flat(whole.Gradient, at, count), States = states }], learningRate);
        for (int i = 0; i < names.Length; i++)
            EightBitBlocks.Quantise(Map(i), Numbers(states[names[i]]), BlockSize, CodesOf(whole, names[i], at, count), ScalesOf(whole, names[i], at, count), Codes);
    }

    private static EightBitMap Map(int state) => state == 0 ? EightBitMap.DynamicSigned : EightBitMap.DynamicUnsigned;

    private static Span<byte> CodesOf(StepTarget target, string name, long at, long count) => target[name].bytes.Slice((int)at, (int)count);

    private static Span<float> ScalesOf(StepTarget target, string name, long at, long count) => Numbers(target[name + Scale]).Slice((int)(at / BlockSize), EightBitBlocks.NumBlocks(count, BlockSize));

    private static Span<float> Numbers(Tensor x) => MemoryMarshal.Cast<byte, float>(x.bytes);

    private static Tensor Flat(Tensor x, long at, long count) => x.view(-1).narrow(0, at, count);
}
