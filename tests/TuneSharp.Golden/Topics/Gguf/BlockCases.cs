using System.Text.Json;
using TuneSharp.Formats.Gguf;
using TuneSharp.Formats.Gguf.Blocks;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.Gguf;

/// <summary>Blocks of each type and the numbers they stand for, bit for bit.</summary>
internal static class BlockCases
{
    public static IEnumerable<GoldenCase> Find(string name, string path)
    {
        string tensors = Path.ChangeExtension(path, ".safetensors");
        foreach (JsonElement type in GoldenFixtures.ReadJson(path).GetProperty("cases").EnumerateArray())
            foreach (JsonProperty set in type.GetProperty("sets").EnumerateObject())
                yield return new GoldenCase($"{name}/{type.GetProperty("type").GetString()}.{set.Name}", () => Check(type, set.Name, tensors));
    }

    private static GoldenResult Check(JsonElement json, string set, string tensors)
    {
        string name = json.GetProperty("type").GetString()!;
        if (GgmlTypes.FromId(json.GetProperty("type_id").GetUInt32()) is not { } type) return GoldenResult.NotBuilt(name);
        if (type.ToString() != name || type.BlockElements() != json.GetProperty("block_size").GetInt32() || type.BlockBytes() != json.GetProperty("type_size").GetInt32())
            return GoldenResult.Equal(false, $"{type} has blocks of {type.BlockElements()} numbers in {type.BlockBytes()} bytes");
        if (BlockDecoders.Find(type) is not { } decode) return GoldenResult.NotBuilt($"Decoding {name}");
        using SafetensorsFile file = SafetensorsFile.Open(tensors);
        byte[] blocks = file.ReadBytes(file.Require($"{name}.{set}.bytes"));
        float[] expected = file.Floats($"{name}.{set}.dequantised"), found = new float[expected.Length];
        decode(blocks, found);
        int at = Enumerable.Range(0, found.Length).FirstOrDefault(i => BitConverter.SingleToInt32Bits(found[i]) != BitConverter.SingleToInt32Bits(expected[i]), -1);
        return GoldenResult.Equal(at < 0, at < 0 ? null : $"number {at} is {found[at]:R} for {expected[at]:R}");
    }
}
