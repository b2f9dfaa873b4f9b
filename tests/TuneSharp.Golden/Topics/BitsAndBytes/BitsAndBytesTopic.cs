using System.Text.Json;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Nn.Runtime;

namespace TuneSharp.Golden.Topics.BitsAndBytes;

/// <summary>
/// quant/bnb: tables, 4-bit and 8-bit blocks, rows of bytes, eight-bit floats, checkpoints as transformers saves them, QLoRA
/// runs over them, and an adapter merged into one.
/// </summary>
internal sealed class BitsAndBytesTopic : IGoldenTopic
{
    public string Topic => "quant/bnb";

    public IEnumerable<GoldenCase> Find(string folder)
    {
        TorchRuntime.EnsureLoaded();
        IEnumerable<GoldenCase> cases = Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).SelectMany(path => OfFile(folder, path))
            .Concat(File.Exists(Path.Combine(folder, "tables.safetensors")) ? TableCases.Find(folder) : [])
            .Concat(Directory.GetDirectories(folder).Where(path => File.Exists(Path.Combine(path, "run.json"))).Order(StringComparer.Ordinal)
                .Select(path => new GoldenCase(Path.GetFileName(path), () => QloraRun.Compare(folder, path))));
        return cases;
    }

    public string? SpoilOne(string copy)
    {
        string path = Path.Combine(copy, "quant4.safetensors");
        if (!File.Exists(path)) return null;
        GoldenCase? agreed = Find(copy).FirstOrDefault(found => found.Name.StartsWith("quant4.json/", StringComparison.Ordinal) && GoldenRun.RunOne(found).Agreed);
        if (agreed is null) return null;
        GoldenTensors.Move(path, agreed.Name["quant4.json/".Length..] + ".dequantised", 0, 1);
        return agreed.Name;
    }

    private static IEnumerable<GoldenCase> OfFile(string folder, string path)
    {
        string name = Path.GetFileName(path), tensors = Path.ChangeExtension(path, ".safetensors");
        JsonElement json = GoldenFixtures.ReadJson(path);
        return name switch
        {
            "quant4.json" => Cases(name, json, entry => FourBitCases.Compare(folder, entry)),
            "blockwise8.json" => Cases(name, json, entry => EightBitCases.Compare(folder, entry)),
            "int8.json" => Int8Cases.Find(name, json, tensors),
            "fp8.json" => Cases(name, json, entry => Float8Cases.Compare(tensors, entry)),
            "casts.json" => Float8Cases.Casts(name, tensors),
            "adamw8bit.json" => [new GoldenCase(name, () => AdamW8Cases.Compare(json, tensors))],
            "llama_goldens.json" => CheckpointCases.Find(folder, name, json, tensors),
            "merge.json" => MergeCases.Find(folder, name, json, tensors),
            _ => [new GoldenCase(name, () => GoldenResult.NotBuilt(name))],
        };
    }

    private static IEnumerable<GoldenCase> Cases(string name, JsonElement json, Func<JsonElement, GoldenResult> compare) =>
        json.GetProperty("cases").EnumerateArray().Select(entry => new GoldenCase($"{name}/{entry.GetProperty("name").GetString()}", () => compare(entry)));
}

/// <summary>Tensors of other types than float32.</summary>
internal static class RecordedBytes
{
    public static byte[] Bytes(this SafetensorsFile file, string name) => file.ReadBytes(file.Require(name));

    public static T[] Numbers<T>(this SafetensorsFile file, string name)
        where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(file.Bytes(name)).ToArray();

    /// <summary>Bit for bit; a number that is not one agrees with any such.</summary>
    public static GoldenResult SameBits(ReadOnlySpan<float> found, ReadOnlySpan<float> expected, string what)
    {
        if (found.Length != expected.Length) return GoldenResult.Equal(false, $"{what}: {found.Length} numbers instead of {expected.Length}");
        for (int i = 0; i < found.Length; i++)
            if (!found[i].Equals(expected[i])) return GoldenResult.Equal(false, $"{what}: number {i} is {found[i]:R} for {expected[i]:R}");
        return GoldenResult.Equal(true);
    }

    public static GoldenResult Same<T>(ReadOnlySpan<T> found, ReadOnlySpan<T> expected, string what)
        where T : unmanaged, IEquatable<T>
    {
        int at = found.CommonPrefixLength(expected);
        return GoldenResult.Equal(at == expected.Length && at == found.Length, at < found.Length && at < expected.Length ? $"{what}: entry {at} is {found[at]} for {expected[at]}" : $"{what}: {found.Length} entries instead of {expected.Length}");
    }
}
