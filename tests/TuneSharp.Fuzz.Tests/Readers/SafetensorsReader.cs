using TuneSharp.Formats.Safetensors;

namespace TuneSharp.Fuzz.Readers;

internal sealed class SafetensorsReader : IFuzzedReader
{
    public string Name => "safetensors";

    public string FileName => "model.safetensors";

    public IReadOnlyList<byte[]> Seeds { get; } = [Seed(1), Seed(3), Seed(0)];

    public IReadOnlyList<string> Words { get; } =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\"dtype\"", "\"F32\"", "\"F8_E4M3\"", "\"F4\"", "\"shape\":[", "\"data_offsets\":[0,", "__metadata__", "null", "true", "-1", "18446744073709551615", "[[[[", "\\u0000", "\\ud800", " ", "\n",
    ];

    public void Read(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        foreach (TensorEntry entry in file.Tensors.Values) file.ReadBytes(entry);
    }

    private static byte[] Seed(int tensors)
    {
        string path = Path.GetTempFileName();
        try
        {
            SafetensorsWriter.Write(path, [.. Enumerable.Range(0, tensors).Select(i => new TensorToWrite($"layers.{i}.weight", i == 1 ? TensorDType.BF16 : TensorDType.F32, [2, 3 + i], stream => stream.Write(new byte[(6 + 2 * i) * (i == 1 ? 2 : 4)])))],
                tensors == 3 ? new Dictionary<string, string>(StringComparer.Ordinal) { ["format"] = "pt" } : null);
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
