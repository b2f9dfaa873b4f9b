using System.Text.Json;
using TuneSharp.Data.Prompts;
using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.SftRows;

/// <summary>text-generation-webui's formats: the set of keys chooses the prompt.</summary>
internal sealed class TextgenKeysetRows : ISftRowsFile
{
    public string FileName => "textgen_keysets.json";

    public IEnumerable<GoldenCase> Find(string path, string file, SftTokenizers tokenizers)
    {
        int number = 0;
        foreach (JsonElement entry in GoldenFixtures.ReadJson(path).EnumerateArray())
        {
            yield return new GoldenCase($"{file}/{number++}/0", () =>
            {
                string? expected = entry.GetProperty("text").GetString();
                PromptFormatFile format = PromptFormatFile.Shipped(entry.GetProperty("format").GetString()!) ?? Formats(path, entry.GetProperty("format").GetString()!);
                string? ours = format.Render(entry.GetProperty("row").EnumerateObject().Where(field => field.Value.ValueKind == JsonValueKind.String).ToDictionary(field => field.Name, field => field.Value.GetString()!, StringComparer.Ordinal));
                return GoldenResult.Equal(ours == expected, $"{ours ?? "none"} instead of {expected ?? "none"}");
            });
        }
    }

    // A format that the program does not ship lies in prompts.json.
    private static PromptFormatFile Formats(string path, string name) =>
        PromptFormatFile.Parse(GoldenFixtures.ReadJson(Path.Combine(Path.GetDirectoryName(path)!, "prompts.json")).GetProperty("textgen_formats").GetProperty(name).GetRawText(), name);
}
