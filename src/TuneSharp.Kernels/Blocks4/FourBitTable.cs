using System.Runtime.CompilerServices;

namespace TuneSharp.Kernels;

/// <summary>16 numbers between -1 and 1 that four bits stand for.</summary>
public sealed class FourBitTable
{
    private readonly float[] _values;
    private readonly float[] _midpoints = new float[15];
    private readonly byte[] _order;

    private FourBitTable(string name, float[] values)
    {
        Name = name;
        _values = values;
        _order = [.. Enumerable.Range(0, 16).OrderBy(code => values[code]).Select(code => (byte)code)];
        for (int i = 0; i < 15; i++) _midpoints[i] = (values[_order[i]] + values[_order[i + 1]]) / 2;
        Pairs = new Pair[256];
        for (int i = 0; i < 256; i++)
        {
            Pairs[i][0] = values[i >> 4];
            Pairs[i][1] = values[i & 15];
        }
    }

    /// <summary>
    /// Quantiles of the normal distribution, with an exact 0: best for numbers that are normal in each block. Source: QLoRA
    /// (Dettmers et al., 2023), appendix E.
    /// </summary>
    public static FourBitTable Nf4 { get; } = new("nf4",
    [
        -1.0f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f, -0.28444138169288635f, -0.18477343022823334f, -0.09105003625154495f, 0.0f,
        0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f, 0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1.0f,
    ]);

    /// <summary>Four-bit floats divided by 12: a sign, two bits of exponent, one of mantissa. Two codes stand for 0.</summary>
    public static FourBitTable Fp4 { get; } = new("fp4",
    [
        0, 1f / 192, 2f / 3, 1, 1f / 3, 0.5f, 1f / 6, 0.25f,
        0, -1f / 192, -2f / 3, -1, -1f / 3, -0.5f, -1f / 6, -0.25f,
    ]);

    /// <summary>"nf4" or "fp4".</summary>
    public string Name { get; }

    /// <summary>The numbers, by code.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>Halfway between neighbours, ascending.</summary>
    internal float[] Midpoints => _midpoints;

    /// <summary>The codes in ascending order of their numbers.</summary>
    internal byte[] Order => _order;

    /// <summary>Both numbers of a byte, the one in the high bits first.</summary>
    internal Pair[] Pairs { get; }

    /// <summary>Null for another name.</summary>
    public static FourBitTable? Find(string name) => name switch { "nf4" => Nf4, "fp4" => Fp4, _ => null };

    [InlineArray(2)]
    internal struct Pair
    {
        private float _first;
    }
}
