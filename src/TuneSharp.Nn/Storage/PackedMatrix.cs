using TorchSharp;
using TuneSharp.Kernels;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// A frozen matrix in fewer bits than its numbers have: it is unpacked piece by piece where it is multiplied, and never exists
/// as a whole.
/// </summary>
public abstract unsafe class PackedMatrix : IDisposable
{
    /// <summary>
    /// Numbers that are unpacked before they are narrowed: they stay in the processor's first cache. A multiple of every
    /// block that files have.
    /// </summary>
    private const int PieceSize = 4096;

    /// <summary>How it is stored, as in "nf4".</summary>
    public abstract string Storage { get; }

    public abstract long Rows { get; }

    public abstract long Columns { get; }

    /// <summary>Bytes that it holds, scales included.</summary>
    public abstract long Bytes { get; }

    /// <summary>Writes rows <paramref name="fromRow"/> … of the matrix. Allocates nothing.</summary>
    /// <param name="fromRow">First row.</param>
    /// <param name="target">[rows, <see cref="Columns"/>], contiguous, of any floating type; every element is overwritten.</param>
    public void Unpack(long fromRow, Tensor target)
    {
        if (target.ndim != 2 || target.shape[1] != Columns || fromRow < 0 || fromRow + target.shape[0] > Rows)
            throw new ArgumentException($"[{string.Join(", ", target.shape)}] from row {fromRow} is no part of [{Rows}, {Columns}].", nameof(target));
        void* to = TensorMemory.Pointer(target);
        ScalarType type = target.dtype;
        long from = fromRow * Columns, count = target.numel();
        Span<float> wide = stackalloc float[type == ScalarType.Float32 ? 0 : PieceSize];
        for (long at = 0; at < count; at += PieceSize)
        {
            int size = (int)Math.Min(PieceSize, count - at);
            if (type == ScalarType.Float32)
            {
                Decode(from + at, new Span<float>((float*)to + at, size));
                continue;
            }
            Decode(from + at, wide[..size]);
            Narrow(wide[..size], to, at, type);
        }
        GC.KeepAlive(target);
    }

    /// <summary>
    /// y = x W^T + b in a way of its own, when nothing is trained and the storage asks for more than the product with the unpacked
    /// matrix (LLM.int8 rounds the input too).
    /// </summary>
    /// <param name="x">[T, columns].</param>
    /// <param name="bias">[rows]; null: none.</param>
    /// <param name="y">[T, rows]; every element is overwritten.</param>
    /// <returns>False: there is no such way, and nothing was done.</returns>
    public virtual bool TryMultiply(Tensor x, Tensor? bias, Tensor y) => false;

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes numbers <paramref name="from"/> … of the flat matrix; both ends are those of a row or multiples of 4096 behind its start.</summary>
    protected abstract void Decode(long from, Span<float> values);

    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>The memory of a tensor that belongs to the matrix.</summary>
    private protected static ReadOnlySpan<T> Span<T>(Tensor tensor)
        where T : unmanaged => new(TensorMemory.Pointer(tensor), checked((int)(TensorMemory.ByteLength(tensor) / sizeof(T))));

    private static void Narrow(ReadOnlySpan<float> values, void* to, long at, ScalarType type)
    {
        switch (type)
        {
            case ScalarType.BFloat16:
                NarrowFloats.ToBFloat16(values, new Span<ushort>((ushort*)to + at, values.Length));
                break;
            case ScalarType.Float16:
                NarrowFloats.ToFloat16(values, new Span<Half>((Half*)to + at, values.Length));
                break;
            case ScalarType.Float64:
                for (int i = 0; i < values.Length; i++) ((double*)to)[at + i] = values[i];
                break;
            default:
                throw new ArgumentException($"A matrix is unpacked into floating numbers, not into {type}.");
        }
    }
}
