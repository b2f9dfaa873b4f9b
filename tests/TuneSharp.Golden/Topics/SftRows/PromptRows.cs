using System.Text.Json;
using TuneSharp.Data.Prompts;
using TuneSharp.Data.RowFormats;
using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.SftRows;

/// <summary>Wording of well-known prompts.</summary>
internal sealed class PromptRows : ISftRowsFile
{
    public string FileName => "prompts.json";

    public IEnumerable<GoldenCase> Find(string path, string file, SftTokenizers tokenizers) => [new GoldenCase(file, () => Prompts(path))];

    /// <summary>The texts themselves: Alpaca's two prompts, DialogSum's through prompt_format, the format files.</summary>
    private static GoldenResult Prompts(string path)
    {
        JsonElement root = GoldenFixtures.ReadJson(path);
        var parts = new List<GoldenResult>();
        foreach ((string name, string key) in ((string, string)[])[("alpaca_no_input", "instruction,output"), ("alpaca_input", "instruction,input,output")])
        {
            var fields = key.Split(',').ToDictionary(field => field, field => $"{{{field}}}", StringComparer.Ordinal);
            string text = PromptFormatFile.Shipped("alpaca-format")!.Render(fields)!;
            parts.Add(GoldenResult.Equal(text == root.GetProperty(name).GetString() + "{output}", name));
        }
        foreach (JsonProperty format in root.GetProperty("textgen_formats").EnumerateObject())
        {
            if (PromptFormatFile.Shipped(format.Name) is not { } shipped) continue;
            parts.Add(GoldenResult.Equal(shipped.Keys.SequenceEqual(format.Value.EnumerateObject().Select(key => key.Name)), format.Name));
            foreach (JsonProperty key in format.Value.EnumerateObject())
                parts.Add(GoldenResult.Equal(shipped.Render(key.Name.Split(',').ToDictionary(field => field, field => $"%{field}%", StringComparer.Ordinal)) == key.Value.GetString(), $"{format.Name} {key.Name}"));
        }
        JsonElement pieces = root.GetProperty("dialogsum");
        string Piece(string name) => pieces.GetProperty(name).GetString()!;
        ColumnMapping mapping = ColumnMapping.Parse($"\n{Piece("INTRO")}\n\n{Piece("INSTRUCTION")}\n\n{{dialogue}}\n\n{Piece("RESPONSE")}\n{{summary}}\n\n{Piece("END")}", "summary");
        Dictionary<string, JsonElement> rows = GoldenFixtures.ReadJson(Path.Combine(Path.GetDirectoryName(path)!, "rows.json")).EnumerateArray().ToDictionary(row => row.GetProperty("id").GetString()!, row => row.GetProperty("row"), StringComparer.Ordinal);
        foreach (JsonElement example in root.GetProperty("dialogsum_examples").EnumerateArray())
        {
            JsonElement row = rows[example.GetProperty("id").GetString()!];
            (string prompt, string answer) = mapping.Apply(new Dictionary<string, string> { ["dialogue"] = row.GetProperty("dialogue").GetString()!, ["summary"] = row.GetProperty("summary").GetString()! });
            parts.Add(GoldenResult.Equal(prompt == example.GetProperty("inference").GetString(), "inference prompt"));
            parts.Add(GoldenResult.Equal(prompt + answer == example.GetProperty("train").GetString(), "training text"));
        }
        return GoldenResult.All(parts);
    }
}
