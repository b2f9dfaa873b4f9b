namespace TuneSharp.Kernels;

/// <summary>
/// Eight-bit floats as checkpoints have them. Source: "FP8 Formats for Deep Learning" (Micikevicius et al., 2022) and OCP
/// Microscaling Formats 1.0 for the power of two. Narrowing rounds once, halves to even.
/// </summary>
public static class Float8
{
    private const float LargestE4M3 = 448;

    /// <summary>Four bits of exponent, three of mantissa, no infinity: larger magnitudes, infinite ones too, become 448.</summary>
    public static byte ToE4M3(float x)
    {
        byte sign = (byte)(float.IsNegative(x) ? 0x80 : 0);
        return float.IsNaN(x) ? (byte)(sign | 0x7F) : (byte)(sign | Round(Math.Min(Math.Abs(x), LargestE4M3), mantissaBits: 3, bias: 7));
    }

    /// <summary>Five bits of exponent, two of mantissa; magnitudes from 61440 on become infinite.</summary>
    public static byte ToE5M2(float x)
    {
        byte sign = (byte)(float.IsNegative(x) ? 0x80 : 0);
        return float.IsNaN(x) ? (byte)(sign | 0x7F) : (byte)(sign | Math.Min(Round(Math.Min(Math.Abs(x), 65536f), mantissaBits: 2, bias: 15), 0x7C));
    }

    public static float FromE4M3(byte bits) => (bits & 0x7F) == 0x7F ? float.NaN : Widen(bits, mantissaBits: 3, bias: 7);

    public static float FromE5M2(byte bits) => (bits & 0x7F) switch
    {
        0x7C => bits > 0x7F ? float.NegativeInfinity : float.PositiveInfinity,
        > 0x7C => float.NaN,
        _ => Widen(bits, mantissaBits: 2, bias: 15),
    };

    /// <summary>A power of two without a sign: 2^(bits - 127).</summary>
    public static float FromE8M0(byte bits) => bits == 0xFF ? float.NaN : MathF.ScaleB(1, bits - 127);

    /// <summary>All 256 numbers of <see cref="FromE4M3"/>, by their bits.</summary>
    public static ReadOnlySpan<float> E4M3 => Table;

    private static readonly float[] Table = [.. Enumerable.Range(0, 256).Select(bits => FromE4M3((byte)bits))];

    /// <summary>
    /// The matrix of blocks of eight-bit floats with a scale each; the scale is multiplied, whatever its name in the file.
    /// </summary>
    /// <param name="codes">E4M3, [rows, columns].</param>
    /// <param name="columns">Numbers in a row.</param>
    /// <param name="scales">[ceil(rows / blockRows), ceil(columns / blockColumns)].</param>
    /// <param name="blockRows">Rows that share a scale.</param>
    /// <param name="blockColumns">Columns that share a scale.</param>
    /// <param name="x">[rows, columns].</param>
    public static void DequantiseE4M3(ReadOnlySpan<byte> codes, int columns, ReadOnlySpan<float> scales, int blockRows, int blockColumns, Span<float> x)
    {
        int scalesInRow = (columns + blockColumns - 1) / blockColumns;
        for (int at = 0; at < codes.Length; at++)
            x[at] = Table[codes[at]] * scales[(at / columns / blockRows * scalesInRow) + (at % columns / blockColumns)];
    }

    /// <summary>Bits of a magnitude that is in range: exponent and mantissa rounded together, so that a carry moves the exponent.</summary>
    private static int Round(float magnitude, int mantissaBits, int bias)
    {
        uint bits = BitConverter.SingleToUInt32Bits(magnitude);
        int exponent = (int)(bits >> 23) - 127, smallest = 1 - bias;
        if (exponent < smallest)
        {
            // Steps of the smallest exponent; ScaleB is exact, the sum rounds once.
            return (int)MathF.Round(MathF.ScaleB(magnitude, mantissaBits - smallest), MidpointRounding.ToEven);
        }
        int dropped = 23 - mantissaBits;
        uint rounded = bits + (1u << (dropped - 1)) - 1 + ((bits >> dropped) & 1);
        return (int)(rounded >> dropped) - ((127 - bias) << mantissaBits);
    }

    private static float Widen(byte bits, int mantissaBits, int bias)
    {
        int exponent = (bits & 0x7F) >> mantissaBits, mantissa = bits & ((1 << mantissaBits) - 1);
        float magnitude = exponent == 0
            ? MathF.ScaleB(mantissa, 1 - bias - mantissaBits)
            : MathF.ScaleB(mantissa + (1 << mantissaBits), exponent - bias - mantissaBits);
        return bits > 0x7F ? -magnitude : magnitude;
    }
}
