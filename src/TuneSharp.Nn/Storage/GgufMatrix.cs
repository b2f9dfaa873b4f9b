using TorchSharp;
using TuneSharp.Formats.Gguf;
using TuneSharp.Formats.Gguf.Blocks;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>Blocks of a GGUF file as they are, 1.7 to 8.5 bits a number.</summary>
public sealed class GgufMatrix : PackedMatrix
{
    private readonly GgmlType _type;
    private readonly Tensor _blocks;

    /// <param name="rows">Of the matrix.</param>
    /// <param name="columns">Of the matrix: whole blocks.</param>
    /// <param name="type">A type that can be decoded.</param>
    /// <param name="blocks">uint8. Belongs to the matrix from here on.</param>
    public GgufMatrix(long rows, long columns, GgmlType type, Tensor blocks)
    {
        if (columns % type.BlockElements() != 0 || blocks.numel() != rows * columns / type.BlockElements() * type.BlockBytes() || !GgmlBlocks.CanDecode(type))
            throw new ArgumentException($"{blocks.numel()} bytes of {type} are no [{rows}, {columns}].", nameof(blocks));
        (Rows, Columns, _type, _blocks) = (rows, columns, type, blocks.DetachFromDisposeScope());
    }

    /// <summary>The file's name of the type, as in "Q4_K".</summary>
    public override string Storage => _type.ToString();

    public override long Rows { get; }

    public override long Columns { get; }

    public override long Bytes => _blocks.numel();

    protected override void Decode(long from, Span<float> values)
    {
        int elements = _type.BlockElements(), bytes = _type.BlockBytes();
        GgmlBlocks.Decode(_type, Span<byte>(_blocks).Slice(checked((int)(from / elements * bytes)), values.Length / elements * bytes), values);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing) _blocks.Dispose();
    }
}
