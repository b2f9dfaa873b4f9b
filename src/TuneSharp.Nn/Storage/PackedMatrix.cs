using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// A frozen matrix in fewer bits than its numbers have: it is unpacked piece by piece where it is multiplied, and never exists
/// as a whole.
/// </summary>
public abstract class PackedMatrix : IDisposable
{
    /// <summary>How it is stored, as in "nf4".</summary>
    public abstract string Storage { get; }

    public abstract long Rows { get; }

    public abstract long Columns { get; }

    /// <summary>Bytes that it holds, scales included.</summary>
    public abstract long Bytes { get; }

    /// <summary>Writes rows <paramref name="fromRow"/> … of the matrix.</summary>
    /// <param name="fromRow">First row.</param>
    /// <param name="target">[rows, <see cref="Columns"/>], contiguous, of any floating type; every element is overwritten.</param>
    public abstract void Unpack(long fromRow, Tensor target);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
