namespace TuneSharp.Kernels;

/// <summary>
/// 256 numbers between -1 and 1, ascending, that eight bits stand for. The dynamic maps are those of "8-bit Optimizers via
/// Block-wise Quantization" (Dettmers et al., 2022): seven decades, each divided twice as finely as the one below.
/// </summary>
public sealed class EightBitMap
{
    private const int Size = 256, Decades = 7, LookUpSize = 1 << 16;

    private readonly float[] _values;
    private readonly float[] _midpoints;
    private readonly Lazy<byte[]> _lookUp;

    private EightBitMap(float[] values)
    {
        _values = values;
        _midpoints = new float[Size - 1];
        for (int i = 0; i < _midpoints.Length; i++) _midpoints[i] = (values[i] + values[i + 1]) / 2;
        _lookUp = new Lazy<byte[]>(MakeLookUp);
    }

    /// <summary>For numbers of both signs.</summary>
    public static EightBitMap DynamicSigned { get; } = new(Dynamic(signed: true));

    /// <summary>For numbers that are never negative: twice as fine.</summary>
    public static EightBitMap DynamicUnsigned { get; } = new(Dynamic(signed: false));

    /// <summary>Equal steps, with two codes for 0.</summary>
    public static EightBitMap LinearSigned { get; } = new([.. Line(-1, 1, Size - 1)[..127], 0, .. Line(-1, 1, Size - 1)[127..]]);

    /// <summary>The numbers, by code.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>Halfway between code i and code i + 1.</summary>
    internal float[] Midpoints => _midpoints;

    /// <summary>The codes of 65536 equal steps from -1 to 1.</summary>
    internal byte[] LookUp => _lookUp.Value;

    /// <summary>A map as a file has it.</summary>
    /// <exception cref="ArgumentException">Not 256 ascending numbers.</exception>
    public static EightBitMap Of(ReadOnlySpan<float> values)
    {
        if (values.Length != Size) throw new ArgumentException($"A map of eight bits has {Size} numbers, not {values.Length}.", nameof(values));
        for (int i = 1; i < Size; i++)
            if (!(values[i] >= values[i - 1])) throw new ArgumentException($"The numbers of a map ascend; number {i} does not.", nameof(values));
        foreach (EightBitMap known in (ReadOnlySpan<EightBitMap>)[DynamicSigned, DynamicUnsigned, LinearSigned])
            if (values.SequenceEqual(known.Values)) return known;
        return new EightBitMap(values.ToArray());
    }

    private static float[] Dynamic(bool signed)
    {
        var values = new List<float>(Size) { 0, 1 };
        for (int decade = 0; decade < Decades; decade++)
        {
            float scale = (float)Math.Pow(10, decade - Decades + 1);
            float[] bounds = Line(0.1f, 1, (1 << (signed ? decade : decade + 1)) + 1);
            for (int i = 1; i < bounds.Length; i++)
            {
                float value = scale * ((bounds[i - 1] + bounds[i]) / 2);
                values.Add(value);
                if (signed) values.Add(-value);
            }
        }
        values.Sort();
        return [.. values];
    }

    /// <summary>Equal steps from both ends towards the middle, each with one rounding: so bitsandbytes' maps have these bits.</summary>
    private static float[] Line(float from, float to, int count)
    {
        float step = (to - from) / (count - 1);
        var line = new float[count];
        for (int i = 0; i < count; i++)
            line[i] = i < count / 2 ? MathF.FusedMultiplyAdd(step, i, from) : MathF.FusedMultiplyAdd(-step, count - 1 - i, to);
        return line;
    }

    private byte[] MakeLookUp()
    {
        var codes = new byte[LookUpSize];
        int code = 0;
        for (int i = 0; i < LookUpSize; i++)
        {
            float value = -1 + (2f * i / (LookUpSize - 1));
            while (code < Size - 1 && _midpoints[code] < value) code++;
            codes[i] = (byte)code;
        }
        return codes;
    }
}
