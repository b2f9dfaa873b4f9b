using System.Numerics;
using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>One allocation: a flat tensor of <paramref name="NumElements"/> elements of one type.</summary>
internal sealed record MemoryBlock(Tensor Storage, ScalarType Type, long NumElements, long Bytes)
{
    /// <summary>When it came back last, on the workspace's clock of returns.</summary>
    public long ReturnedAt { get; set; }
}

/// <summary>
/// Memory of a run: buffers come from here and go back to here, within a step and from step to step, so that steps after
/// the first allocate nothing. Blocks have eight sizes per power of two (12.5 % is lost at most). When the lengths of batches
/// vary, the total stays within 1.25 times what was ever in use at once: beyond that a request is served by an idle block
/// up to three sizes larger, or idle blocks of other sizes are given to the system, oldest first.
/// For one thread, like everything on a tape.
/// </summary>
public sealed class Workspace : IDisposable
{
    private const int SizesPerPowerOfTwo = 8, LargerSizesTried = 3;
    private const double Slack = 1.25;

    private readonly Dictionary<(ScalarType Type, long NumElements), Stack<MemoryBlock>> _idle = [];
    private readonly HashSet<Buffer> _rented = new(ReferenceEqualityComparer.Instance);
    private long _returns, _rentedBytes, _idleBytes;
    private int _openTapes;

    /// <param name="computeType">The type of the values on a tape: float32; bfloat16 where the processor has the instructions; float64 in tests.</param>
    /// <param name="wideResidual">The stream between the blocks is kept in <see cref="WideType"/> and narrowed by each norm: what autocast
    /// of 32-bit weights does. Small steps of many layers then add up exactly.</param>
    public Workspace(ScalarType computeType = ScalarType.Float32, bool wideResidual = false)
    {
        TorchRuntime.EnsureLoaded();
        if (computeType is not (ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16))
            throw new ArgumentException($"Values are computed in float32, float64 or bfloat16, not in {computeType}.", nameof(computeType));
        ComputeType = computeType;
        ResidualType = wideResidual ? WideType : computeType;
    }

    public ScalarType ComputeType { get; }

    /// <summary>Sums, norms, softmax and losses of bfloat16 values are widened to float32.</summary>
    public ScalarType WideType => ComputeType == ScalarType.BFloat16 ? ScalarType.Float32 : ComputeType;

    /// <summary>Embeddings and the sums of each sub-layer's input and output.</summary>
    public ScalarType ResidualType { get; }

    public int NumRented => _rented.Count;

    /// <summary>Bytes in use now, and those held in total (in use and idle).</summary>
    public long RentedBytes => _rentedBytes;

    public long TotalBytes => _rentedBytes + _idleBytes;

    /// <summary>The most bytes that were ever in use at once.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Rents a buffer of <see cref="ComputeType"/>. Its contents are undefined.</summary>
    public Buffer Rent(params ReadOnlySpan<long> shape) => Rent(ComputeType, shape);

    /// <summary>Rents a buffer of a given type. Its contents are undefined.</summary>
    public Buffer Rent(ScalarType type, params ReadOnlySpan<long> shape)
    {
        long elements = 1;
        foreach (long extent in shape) elements = checked(elements * extent);
        MemoryBlock block = Take(type, Math.Max(1, elements));
        long[] sizes = shape.ToArray(), strides = new long[sizes.Length];
        long stride = 1;
        for (int i = sizes.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= Math.Max(1, sizes[i]);
        }
        Tensor view = block.Storage.as_strided(sizes, strides).DetachFromDisposeScope();
        var buffer = new Buffer(this, block, view);
        _rented.Add(buffer);
        return buffer;
    }

    internal void Return(Buffer buffer, MemoryBlock block)
    {
        _rented.Remove(buffer);
        _rentedBytes -= block.Bytes;
        block.ReturnedAt = ++_returns;
        Idle(block.Type, block.NumElements).Push(block);
        _idleBytes += block.Bytes;
    }

    internal void OpenTape() => _openTapes++;

    /// <summary>The end of a tape: with the outermost one nothing may be rented any more.</summary>
    /// <returns>How many buffers nobody gave back; they are taken back here.</returns>
    internal int CloseTape()
    {
        if (--_openTapes > 0 || _rented.Count == 0) return 0;
        Buffer[] forgotten = [.. _rented];
        foreach (Buffer buffer in forgotten) buffer.Revoke();
        return forgotten.Length;
    }

    /// <summary>Gives idle memory to the system.</summary>
    public void Trim()
    {
        foreach (MemoryBlock block in _idle.Values.SelectMany(stack => stack)) block.Storage.Dispose();
        _idle.Clear();
        _idleBytes = 0;
    }

    public void Dispose()
    {
        foreach (Buffer buffer in _rented.ToArray()) buffer.Revoke();
        Trim();
    }

    private MemoryBlock Take(ScalarType type, long elements)
    {
        long size = RoundUp(elements), bytes = checked(size * type.ElementSize());
        MemoryBlock? block = TakeIdle(type, size);
        if (block is null && _idleBytes > 0 && IsTooMuch())
        {
            for (int larger = 1; larger <= LargerSizesTried && block is null; larger++) block = TakeIdle(type, size = RoundUp(size + 1));
            while (block is null && _idleBytes > 0 && IsTooMuch()) DropOldest();
        }
        block ??= new MemoryBlock(torch.empty(RoundUp(elements), dtype: type).DetachFromDisposeScope(), type, RoundUp(elements), bytes);
        _rentedBytes += block.Bytes;
        PeakBytes = Math.Max(PeakBytes, _rentedBytes);
        return block;

        bool IsTooMuch() => TotalBytes + bytes > Slack * Math.Max(PeakBytes, _rentedBytes + bytes);
    }

    private MemoryBlock? TakeIdle(ScalarType type, long size)
    {
        if (!_idle.TryGetValue((type, size), out Stack<MemoryBlock>? stack) || !stack.TryPop(out MemoryBlock? block)) return null;
        _idleBytes -= block.Bytes;
        return block;
    }

    private void DropOldest()
    {
        // Judged by each size's latest return: a size in use every step is never the oldest.
        Stack<MemoryBlock> oldest = _idle.Values.Where(stack => stack.Count > 0).MinBy(stack => stack.Peek().ReturnedAt)!;
        MemoryBlock block = oldest.Pop();
        _idleBytes -= block.Bytes;
        block.Storage.Dispose();
    }

    private Stack<MemoryBlock> Idle(ScalarType type, long elements)
    {
        if (!_idle.TryGetValue((type, elements), out Stack<MemoryBlock>? stack)) _idle[(type, elements)] = stack = [];
        return stack;
    }

    private static long RoundUp(long elements)
    {
        if (elements <= 64) return 64;
        int shift = BitOperations.Log2((ulong)elements) - BitOperations.Log2(SizesPerPowerOfTwo);
        return ((elements - 1 >> shift) + 1) << shift;
    }
}
