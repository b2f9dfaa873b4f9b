using System.Text.Json;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Kernels;

namespace TuneSharp.Golden.Topics.BitsAndBytes;

/// <summary>8-bit blocks of a map, with both rules for the code of a number.</summary>
internal static class EightBitCases
{
    public static GoldenResult Compare(string folder, JsonElement json)
    {
        string name = json.GetProperty("name").GetString()!;
        if (TableCases.Map(json.GetProperty("map").GetString()!) is not { } map) return GoldenResult.NotBuilt("this map");
        int blockSize = json.GetProperty("blocksize").GetInt32();
        using SafetensorsFile matrices = SafetensorsFile.Open(Path.Combine(folder, "matrices.safetensors")), expected = SafetensorsFile.Open(Path.Combine(folder, "blockwise8.safetensors"));
        float[] x = matrices.Floats(json.GetProperty("matrix").GetString()!);
        if (json.GetProperty("abs_of_matrix").GetBoolean()) x = [.. x.Select(Math.Abs)];
        byte[] codes = new byte[x.Length], nearest = new byte[x.Length];
        float[] absmax = new float[EightBitBlocks.NumBlocks(x.Length, blockSize)], back = new float[x.Length];
        EightBitBlocks.Quantise(map, x, blockSize, nearest, absmax);
        EightBitBlocks.Quantise(map, x, blockSize, codes, absmax, CodeRule.LookUp);
        EightBitBlocks.Dequantise(map, codes, absmax, blockSize, back);
        return GoldenResult.All(
        [
            RecordedBytes.SameBits(absmax, expected.Floats(name + ".absmax"), "absmax"),
            RecordedBytes.Same<byte>(codes, expected.Bytes(name + ".codes"), "codes"),
            RecordedBytes.Same<byte>(nearest, expected.Bytes(name + ".codes_nearest"), "nearest codes"),
            RecordedBytes.SameBits(back, expected.Floats(name + ".dequantised"), "what comes back"),
        ]);
    }
}
