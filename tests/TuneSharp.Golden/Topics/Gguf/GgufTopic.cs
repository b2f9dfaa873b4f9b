using System.Text.Json;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.Gguf;

/// <summary>
/// quant/gguf: every set of blocks, every file of a whole model (metadata, tensors, logits, greedy tokens, tokenizer), the
/// real model, and what writing GGUF files will have to give.
/// </summary>
public sealed class GgufTopic : IGoldenTopic
{
    public string Topic => "quant/gguf";

    public IEnumerable<GoldenCase> Find(string folder)
    {
        foreach (string path in Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(path);
            IEnumerable<GoldenCase> cases = GoldenFixtures.ReadJson(path) switch
            {
                var json when json.TryGetProperty("input_rows", out _) => BlockCases.Find(name, path),
                var json when json.TryGetProperty("max_new_tokens", out _) => RealModelCases.Find(name, path),
                _ => [new GoldenCase(name, () => GoldenResult.NotBuilt("Writing vocabularies into GGUF files"))],
            };
            foreach (GoldenCase found in cases) yield return found;
        }
        string full = Path.Combine(folder, "full");
        foreach (string architecture in Directory.Exists(full) ? Directory.GetDirectories(full).Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            string name = $"full/{Path.GetFileName(architecture)}";
            if (File.Exists(Path.Combine(architecture, "expected.json")) && Directory.GetFiles(architecture, "*.gguf").Length > 0)
                foreach (GoldenCase found in WholeModelCases.Find(name, architecture)) yield return found;
            else
                foreach (string adapter in Directory.GetDirectories(architecture).Order(StringComparer.Ordinal))
                    yield return new GoldenCase($"{name}/{Path.GetFileName(adapter)}", () => GoldenResult.NotBuilt("Adapters as GGUF files"));
        }
    }

    public string? SpoilOne(string copy)
    {
        string path = Path.Combine(copy, "blocks.safetensors");
        if (!File.Exists(path)) return null;
        string? tensor;
        using (SafetensorsFile file = SafetensorsFile.Open(path))
            tensor = file.Tensors.Keys.Where(name => name.StartsWith("Q4_K.", StringComparison.Ordinal) && name.EndsWith(".dequantised", StringComparison.Ordinal)).Order(StringComparer.Ordinal).FirstOrDefault();
        if (tensor is null) return null;
        GoldenTensors.Move(path, tensor, 17, 1e-3f);
        return $"blocks.json/{tensor[..tensor.LastIndexOf('.')]}";
    }
}
