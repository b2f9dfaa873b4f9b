using System.Text.Json;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Kernels;

namespace TuneSharp.Golden.Topics.BitsAndBytes;

/// <summary>4-bit blocks: bytes, scales, and what comes back in each type.</summary>
internal static class FourBitCases
{
    public static GoldenResult Compare(string folder, JsonElement json)
    {
        string name = json.GetProperty("name").GetString()!;
        FourBitTable table = FourBitTable.Find(json.GetProperty("quant_type").GetString()!)!;
        int blockSize = json.GetProperty("blocksize").GetInt32();
        using SafetensorsFile matrices = SafetensorsFile.Open(Path.Combine(folder, "matrices.safetensors")), expected = SafetensorsFile.Open(Path.Combine(folder, "quant4.safetensors"));
        string type = json.GetProperty("input_dtype").GetString()!;
        float[] x = Narrowed(matrices.Floats(json.GetProperty("matrix").GetString()!), type);
        byte[] packed = new byte[FourBitBlocks.NumBytes(x.Length)];
        float[] absmax = new float[EightBitBlocks.NumBlocks(x.Length, blockSize)];
        FourBitBlocks.Quantise(table, x, blockSize, packed, absmax);
        var parts = new List<GoldenResult> { Same(table, packed, expected.Bytes(name + ".packed"), json.GetProperty("different_zero_nibbles").GetInt32()) };
        if (json.GetProperty("double_quant").GetBoolean())
        {
            float offset = (float)json.GetProperty("offset").GetDouble();
            parts.Add(Close(NestedScales.OffsetOf(absmax), offset));
            absmax = Nested(name, expected, absmax, offset, parts);
        }
        else parts.Add(RecordedBytes.SameBits(absmax, expected.Floats(name + ".absmax"), "absmax"));

        float[] back = new float[x.Length];
        FourBitBlocks.Dequantise(table, packed, absmax, blockSize, 0, back);
        parts.Add(Same(back, expected, name + ".dequantised", type));
        foreach ((string suffix, string narrow) in ((string, string)[])[("_bf16", "bfloat16"), ("_f16", "float16")])
            if (expected.Tensors.ContainsKey(name + ".dequantised" + suffix)) parts.Add(Same(back, expected, name + ".dequantised" + suffix, narrow));
        return GoldenResult.All(parts);
    }

    /// <summary>Both rules for the codes of scales; those of the look-up are the file's and go on.</summary>
    private static float[] Nested(string name, SafetensorsFile expected, float[] absmax, float offset, List<GoldenResult> parts)
    {
        byte[] codes = new byte[absmax.Length], nearest = new byte[absmax.Length];
        float[] nested = new float[EightBitBlocks.NumBlocks(absmax.Length, NestedScales.BlockSize)], back = new float[absmax.Length];
        NestedScales.Quantise(absmax, offset, nearest, nested);
        NestedScales.Quantise(absmax, offset, codes, nested, CodeRule.LookUp);
        parts.Add(RecordedBytes.SameBits(nested, expected.Floats(name + ".nested_absmax"), "nested absmax"));
        parts.Add(RecordedBytes.Same<byte>(codes, expected.Bytes(name + ".absmax"), "codes of absmax"));
        if (expected.Tensors.ContainsKey(name + ".absmax_nearest")) parts.Add(RecordedBytes.Same<byte>(nearest, expected.Bytes(name + ".absmax_nearest"), "nearest codes of absmax"));
        NestedScales.Dequantise(EightBitMap.DynamicSigned, codes, nested, NestedScales.BlockSize, offset, 0, back);
        parts.Add(RecordedBytes.SameBits(back, expected.Floats(name + ".absmax_dequantised"), "absmax that comes back"));
        return back;
    }

    /// <summary>FP4 has two codes for 0: there values count, and only where the file says so.</summary>
    private static GoldenResult Same(FourBitTable table, byte[] found, byte[] expected, int differentZeros)
    {
        if (differentZeros == 0 || found.Length != expected.Length) return RecordedBytes.Same<byte>(found, expected, "packed");
        bool same = found.Zip(expected).All(pair => table.Values[pair.First >> 4] == table.Values[pair.Second >> 4] && table.Values[pair.First & 15] == table.Values[pair.Second & 15]);
        return GoldenResult.Equal(same, "packed");
    }

    private static GoldenResult Same(float[] back, SafetensorsFile expected, string name, string type) => type switch
    {
        "bfloat16" => RecordedBytes.Same<ushort>([.. back.Select(NarrowFloats.ToBFloat16)], expected.Numbers<ushort>(name), name),
        "float16" => RecordedBytes.Same<ushort>([.. back.Select(value => BitConverter.HalfToUInt16Bits((Half)value))], expected.Numbers<ushort>(name), name),
        _ => RecordedBytes.SameBits([.. back.Select(value => value + 0f)], [.. expected.Floats(name).Select(value => value + 0f)], name),
    };

    private static GoldenResult Close(float found, float expected)
    {
        double deviation = Math.Abs((double)found - expected), tolerance = 2e-7 * Math.Abs(expected);
        return new GoldenResult(deviation <= tolerance, deviation, tolerance, deviation <= tolerance ? null : "offset");
    }

    private static float[] Narrowed(float[] x, string type) => type switch
    {
        "bfloat16" => [.. x.Select(value => BitConverter.UInt32BitsToSingle((uint)NarrowFloats.ToBFloat16(value) << 16))],
        "float16" => [.. x.Select(value => (float)(Half)value)],
        _ => x,
    };
}
