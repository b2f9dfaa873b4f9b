using System.Text.Json;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Kernels;

namespace TuneSharp.Golden.Topics.BitsAndBytes;

/// <summary>Narrow floats: casts to and from them, and weights of eight-bit floats with scales.</summary>
internal static class Float8Cases
{
    public static IEnumerable<GoldenCase> Casts(string name, string tensors)
    {
        using SafetensorsFile file = SafetensorsFile.Open(tensors);
        return [.. file.Tensors.Keys.Where(key => key is not "f32" && !key.EndsWith(".in", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(key => new GoldenCase($"{name}/{key}", () => Cast(key, tensors)))];
    }

    public static GoldenResult Compare(string tensors, JsonElement json)
    {
        string name = json.GetProperty("name").GetString()!;
        using SafetensorsFile file = SafetensorsFile.Open(tensors);
        string scales = file.Tensors.Keys.First(key => key.StartsWith(name + ".weight_scale", StringComparison.Ordinal));
        byte[] codes = file.Bytes(name + ".weight");
        float[] x = new float[codes.Length];
        JsonElement block = json.GetProperty("block");
        Float8.DequantiseE4M3(codes, (int)file.Require(name + ".weight").Shape[1], file.Floats(scales), block[0].GetInt32(), block[1].GetInt32(), x);
        return RecordedBytes.Same<ushort>([.. x.Select(NarrowFloats.ToBFloat16)], file.Numbers<ushort>(name + ".dequantised_bf16"), "what comes back");
    }

    private static GoldenResult Cast(string key, string tensors)
    {
        using SafetensorsFile file = SafetensorsFile.Open(tensors);
        float[] x = [.. file.Numbers<int>("f32").Select(BitConverter.Int32BitsToSingle)];
        return key switch
        {
            "bf16" => Narrow(x, file.Numbers<ushort>(key), NarrowFloats.ToBFloat16, Widen),
            "f16" => Narrow(x, file.Numbers<ushort>(key), value => BitConverter.HalfToUInt16Bits((Half)value), bits => (float)BitConverter.UInt16BitsToHalf(bits)),
            "e4m3fn" => Narrow(x, file.Bytes(key), Float8.ToE4M3, Float8.FromE4M3),
            "e5m2" => Narrow(x, file.Bytes(key), Float8.ToE5M2, Float8.FromE5M2),
            "bf16.decode" => Decode(file.Numbers<ushort>("f16.in"), file.Numbers<int>(key), Widen),
            "f16.decode" => Decode(file.Numbers<ushort>("f16.in"), file.Numbers<int>(key), bits => (float)BitConverter.UInt16BitsToHalf(bits)),
            "e4m3fn.decode" => Decode(AllBytes, file.Numbers<int>(key), Float8.FromE4M3),
            "e5m2.decode" => Decode(AllBytes, file.Numbers<int>(key), Float8.FromE5M2),
            "e8m0fnu.decode" => Decode(AllBytes, file.Numbers<int>(key), Float8.FromE8M0),
            _ => GoldenResult.NotBuilt(key),
        };
    }

    private static byte[] AllBytes => [.. Enumerable.Range(0, 256).Select(bits => (byte)bits)];

    private static float Widen(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    private static GoldenResult Narrow<T>(float[] x, T[] expected, Func<float, T> cast, Func<T, float> back)
        where T : struct, IEquatable<T>
    {
        int at = Array.FindIndex([.. Enumerable.Range(0, x.Length)], i => float.IsNaN(x[i]) ? !float.IsNaN(back(cast(x[i]))) : !cast(x[i]).Equals(expected[i]));
        return GoldenResult.Equal(at < 0 && x.Length == expected.Length, at < 0 ? "length" : $"{x[at]:R} becomes {cast(x[at])} for {expected[at]}");
    }

    private static GoldenResult Decode<T>(T[] bits, int[] expected, Func<T, float> decode)
    {
        int at = Array.FindIndex([.. Enumerable.Range(0, bits.Length)], i => !decode(bits[i]).Equals(BitConverter.Int32BitsToSingle(expected[i])));
        return GoldenResult.Equal(at < 0 && bits.Length == expected.Length, at < 0 ? "length" : $"{bits[at]} becomes {decode(bits[at]):R}");
    }
}
