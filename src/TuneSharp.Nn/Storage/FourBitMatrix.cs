using TorchSharp;
using TuneSharp.Kernels;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>Scales of the blocks of a <see cref="FourBitMatrix"/>. Its tensors belong to the matrix.</summary>
public abstract record FourBitScales
{
    /// <param name="Absmax">float32, one a block.</param>
    public sealed record Plain(Tensor Absmax) : FourBitScales;

    /// <summary>Double quantisation (<see cref="NestedScales"/>).</summary>
    /// <param name="Codes">uint8, one a block.</param>
    /// <param name="Absmax">float32, one for each <paramref name="BlockSize"/> codes.</param>
    /// <param name="Offset">Added to every scale.</param>
    /// <param name="Map">What the codes stand for.</param>
    /// <param name="BlockSize">256, but for files that say something else.</param>
    public sealed record Nested(Tensor Codes, Tensor Absmax, float Offset, EightBitMap Map, int BlockSize) : FourBitScales;
}

/// <summary>
/// NF4 or FP4 as bitsandbytes stores it: 4 bits a number and a scale for each block of the flat matrix. With blocks of 64 a
/// number takes 4.5 bits, 4.13 with double quantisation. Source: QLoRA, Dettmers et al. 2023 (arXiv:2305.14314).
/// </summary>
public sealed class FourBitMatrix : PackedMatrix
{
    private readonly Tensor _packed;

    /// <param name="rows">Of the matrix.</param>
    /// <param name="columns">Of the matrix.</param>
    /// <param name="table">What the codes stand for.</param>
    /// <param name="blockSize">Numbers that share a scale.</param>
    /// <param name="packed">uint8, (rows · columns + 1) / 2 bytes. Belongs to the matrix from here on, as do the scales.</param>
    /// <param name="scales">One a block.</param>
    public FourBitMatrix(long rows, long columns, FourBitTable table, int blockSize, Tensor packed, FourBitScales scales)
    {
        (Rows, Columns, Table, BlockSize, Scales) = (rows, columns, table, blockSize, scales);
        _packed = packed.DetachFromDisposeScope();
        foreach (Tensor tensor in Tensors(scales)) _ = tensor.DetachFromDisposeScope();
    }

    public override string Storage => Table.Name;

    public override long Rows { get; }

    public override long Columns { get; }

    public override long Bytes => _packed.numel() + Tensors(Scales).Sum(TensorMemory.ByteLength);

    /// <summary>What the codes stand for.</summary>
    public FourBitTable Table { get; }

    /// <summary>Numbers that share a scale.</summary>
    public int BlockSize { get; }

    public FourBitScales Scales { get; }

    /// <summary>uint8: two numbers a byte, the first in the high bits.</summary>
    public Tensor Packed => _packed;

    /// <summary>Quantises a matrix block by block; beside it and the result there is one row's worth of memory.</summary>
    /// <param name="x">[rows, columns], of any floating type.</param>
    /// <param name="table">NF4 or FP4.</param>
    /// <param name="blockSize">Numbers that share a scale; 64 is usual.</param>
    /// <param name="doubleQuantised">Scales are kept in 8 bits.</param>
    /// <param name="rule">Which code a scale gets; the default gives the bytes that bitsandbytes makes on a processor.</param>
    /// <exception cref="NotFiniteNumberException">A number is NaN or infinite.</exception>
    public static unsafe FourBitMatrix Quantise(Tensor x, FourBitTable table, int blockSize = 64, bool doubleQuantised = false, CodeRule rule = CodeRule.LookUp)
    {
        using DisposeScope scope = NewDisposeScope();
        long count = x.numel();
        Tensor flat = x.contiguous().view(-1), packed = empty(FourBitBlocks.NumBytes(count), dtype: ScalarType.Byte);
        Tensor absmax = empty(EightBitBlocks.NumBlocks(count, blockSize), dtype: ScalarType.Float32);
        byte* bytes = (byte*)TensorMemory.Pointer(packed);
        float* scales = (float*)TensorMemory.Pointer(absmax);

        // Pieces end between blocks and between bytes.
        long piece = 2L * blockSize * Math.Max(1, (1 << 20) / (2 * blockSize));
        for (long at = 0; at < count; at += piece)
        {
            using DisposeScope each = NewDisposeScope();
            int size = (int)Math.Min(piece, count - at);
            Tensor wide = flat.narrow(0, at, size).to(ScalarType.Float32).contiguous();
            FourBitBlocks.Quantise(table, Span<float>(wide), blockSize, new Span<byte>(bytes + (at / 2), (size + 1) / 2), new Span<float>(scales + (at / blockSize), EightBitBlocks.NumBlocks(size, blockSize)));
        }
        return new FourBitMatrix(x.shape[0], count / x.shape[0], table, blockSize, packed, doubleQuantised ? Nest(absmax, rule) : new FourBitScales.Plain(absmax));
    }

    protected override void Decode(long from, Span<float> values)
    {
        if (values.IsEmpty) return;
        int first = checked((int)(from / BlockSize)), blocks = checked((int)((from + values.Length - 1) / BlockSize)) - first + 1;
        if (Scales is FourBitScales.Plain plain)
        {
            FourBitBlocks.Dequantise(Table, Span<byte>(_packed), Span<float>(plain.Absmax).Slice(first, blocks), BlockSize, from, values);
            return;
        }
        var nested = (FourBitScales.Nested)Scales;
        Span<float> absmax = stackalloc float[blocks];
        NestedScales.Dequantise(nested.Map, Span<byte>(nested.Codes), Span<float>(nested.Absmax), nested.BlockSize, nested.Offset, first, absmax);
        FourBitBlocks.Dequantise(Table, Span<byte>(_packed), absmax, BlockSize, from, values);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!disposing) return;
        _packed.Dispose();
        foreach (Tensor tensor in Tensors(Scales)) tensor.Dispose();
    }

    private static unsafe FourBitScales.Nested Nest(Tensor absmax, CodeRule rule)
    {
        Tensor codes = empty(absmax.numel(), dtype: ScalarType.Byte), nested = empty(EightBitBlocks.NumBlocks(absmax.numel(), NestedScales.BlockSize), dtype: ScalarType.Float32);
        float offset = NestedScales.OffsetOf(Span<float>(absmax));
        NestedScales.Quantise(Span<float>(absmax), offset, new Span<byte>(TensorMemory.Pointer(codes), (int)codes.numel()), new Span<float>(TensorMemory.Pointer(nested), (int)nested.numel()), rule);
        return new FourBitScales.Nested(codes, nested, offset, EightBitMap.DynamicSigned, NestedScales.BlockSize);
    }

    private static Tensor[] Tensors(FourBitScales scales) => scales switch
    {
        FourBitScales.Plain plain => [plain.Absmax],
        FourBitScales.Nested nested => [nested.Codes, nested.Absmax],
        _ => [],
    };
}
