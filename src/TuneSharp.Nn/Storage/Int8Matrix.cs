// T = tokens, O = rows of the matrix (outputs), I = columns (inputs)
using TorchSharp;
using TuneSharp.Kernels;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// LLM.int8 as bitsandbytes stores it: signed bytes and a scale for each row. Training multiplies with the unpacked matrix;
/// without training the input is rounded to bytes too, row by row, but for columns that hold a number from
/// <see cref="Threshold"/> on, which are multiplied as they are. Source: Dettmers et al. 2022 (arXiv:2208.07339).
/// </summary>
public sealed class Int8Matrix : PackedMatrix
{
    public const double UsualThreshold = 6;

    /// <summary>1 / 127 as bitsandbytes has it where it unpacks single columns.</summary>
    private const double Step = 7.874015718698502e-3f;

    private readonly Tensor _q;
    private readonly Tensor _absmax;

    /// <param name="q">int8, [rows, columns]. Belongs to the matrix from here on, as does the other tensor.</param>
    /// <param name="absmax">float32, [rows].</param>
    /// <param name="threshold">Inputs from here on are not rounded; 0: all are.</param>
    public Int8Matrix(Tensor q, Tensor absmax, double threshold = UsualThreshold)
    {
        if (q.dtype != ScalarType.Int8 || absmax.numel() != q.shape[0]) throw new ArgumentException("Bytes [rows, columns] and a scale for each row belong together.", nameof(q));
        (_q, _absmax, Threshold) = (q.DetachFromDisposeScope(), absmax.DetachFromDisposeScope(), threshold);
        (Rows, Columns) = (q.shape[0], q.shape[1]);
    }

    public override string Storage => "int8";

    public override long Rows { get; }

    public override long Columns { get; }

    public override long Bytes => _q.numel() + TensorMemory.ByteLength(_absmax);

    /// <summary>Inputs from this magnitude on are not rounded; 0: all are.</summary>
    public double Threshold { get; }

    /// <summary>Without training the input is rounded too; default true.</summary>
    public bool RoundsInput { get; set; } = true;

    /// <summary>int8, [rows, columns].</summary>
    public Tensor Codes => _q;

    /// <summary>float32, [rows]: the largest magnitude of each.</summary>
    public Tensor Absmax => _absmax;

    /// <summary>Rounds a matrix to float16, as bitsandbytes does, and then to bytes.</summary>
    /// <param name="x">[rows, columns], of any floating type.</param>
    /// <param name="threshold">Inputs from here on are not rounded.</param>
    /// <exception cref="NotFiniteNumberException">A number is NaN, infinite or beyond float16.</exception>
    public static unsafe Int8Matrix Quantise(Tensor x, double threshold = UsualThreshold)
    {
        using DisposeScope scope = NewDisposeScope();
        int rows = (int)x.shape[0], columns = (int)x.shape[1], some = Math.Max(1, (1 << 20) / columns);
        Tensor q = empty([rows, columns], dtype: ScalarType.Int8), absmax = empty(rows, dtype: ScalarType.Float32);
        for (int row = 0; row < rows; row += some)
        {
            using DisposeScope each = NewDisposeScope();
            int count = Math.Min(some, rows - row);
            Tensor wide = x.narrow(0, row, count).to(ScalarType.Float16).to(ScalarType.Float32).contiguous();
            Int8Rows.Quantise(Span<float>(wide), columns, new Span<sbyte>((sbyte*)TensorMemory.Pointer(q) + ((long)row * columns), count * columns), new Span<float>((float*)TensorMemory.Pointer(absmax) + row, count));
        }
        return new Int8Matrix(q, absmax, threshold);
    }

    public override unsafe bool TryMultiply(Tensor x, Tensor? bias, Tensor y)
    {
        if (!RoundsInput) return false;
        using DisposeScope scope = NewDisposeScope();
        using var off = no_grad();
        int tokens = (int)x.shape[0];
        Tensor half_TI = x.to(ScalarType.Float16).to(ScalarType.Float32).contiguous(), q_TI = empty([tokens, Columns], dtype: ScalarType.Int8), absmax_T = empty(tokens, dtype: ScalarType.Float32);
        Tensor? columns = Threshold > 0 ? SetOutliersToZero(half_TI) : null;
        Int8Rows.Quantise(Span<float>(half_TI), (int)Columns, new Span<sbyte>(TensorMemory.Pointer(q_TI), checked((int)q_TI.numel())), new Span<float>(TensorMemory.Pointer(absmax_T), tokens));
        if (columns is not null && tokens > 1) q_TI.index_fill_(1, columns, Number.Zero);

        Tensor product_TO = empty([tokens, Rows], dtype: ScalarType.Float32);
        Int8Rows.Multiply(Span<sbyte>(q_TI), Span<float>(absmax_T), Span<sbyte>(_q), Span<float>(_absmax), (int)Columns, new Span<float>(TensorMemory.Pointer(product_TO), checked((int)product_TO.numel())));
        // The order of these sums is bitsandbytes': what is rounded next to bytes depends on their last bits.
        if (bias is not null) product_TO.add_(bias, Number.One);
        y.copy_(product_TO);
        if (columns is not null)
        {
            Tensor w_OC = _q.index_select(1, columns).to(ScalarType.Float32).mul_(_absmax.unsqueeze(1)).mul_(Number.Of(Step));
            y.addmm_(x.index_select(1, columns), w_OC.to(x.dtype).t(), 1, 1);
        }
        GC.KeepAlive(this);
        return true;
    }

    protected override void Decode(long from, Span<float> values)
    {
        ReadOnlySpan<sbyte> q = Span<sbyte>(_q);
        ReadOnlySpan<float> absmax = Span<float>(_absmax);
        while (!values.IsEmpty)
        {
            long row = from / Columns;
            int count = (int)Math.Min(values.Length, ((row + 1) * Columns) - from);
            Int8Rows.DequantiseRow(q.Slice(checked((int)from), count), absmax[(int)row], values[..count]);
            values = values[count..];
            from += count;
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!disposing) return;
        _q.Dispose();
        _absmax.Dispose();
    }

    /// <summary>The columns that hold a number from the threshold on, whose such numbers become 0; null: none does.</summary>
    private Tensor? SetOutliersToZero(Tensor x_TI)
    {
        Tensor outliers_TI = x_TI.abs().ge(Number.Of(Threshold));
        Tensor columns = outliers_TI.any(0).nonzero().view(-1);
        if (columns.numel() == 0) return null;
        x_TI.masked_fill_(outliers_TI, Number.Zero);
        return columns;
    }
}
