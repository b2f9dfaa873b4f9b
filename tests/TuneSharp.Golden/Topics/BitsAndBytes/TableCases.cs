using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Kernels;

namespace TuneSharp.Golden.Topics.BitsAndBytes;

/// <summary>The numbers that codes stand for.</summary>
internal static class TableCases
{
    public static IEnumerable<GoldenCase> Find(string folder)
    {
        string path = Path.Combine(folder, "tables.safetensors");
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return [.. file.Tensors.Keys.Order(StringComparer.Ordinal).Select(name => new GoldenCase($"tables.safetensors/{name}", () => Compare(path, name)))];
    }

    public static EightBitMap? Map(string name) => name switch
    {
        "dynamic_signed" => EightBitMap.DynamicSigned,
        "dynamic_unsigned" => EightBitMap.DynamicUnsigned,
        "linear_signed" => EightBitMap.LinearSigned,
        _ => null,
    };

    private static GoldenResult Compare(string path, string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return FourBitTable.Find(name) is { } table ? RecordedBytes.SameBits(table.Values, file.Floats(name), name)
            : Map(name) is { } map ? RecordedBytes.SameBits(map.Values, file.Floats(name), name)
            : GoldenResult.NotBuilt("the table " + name);
    }
}
