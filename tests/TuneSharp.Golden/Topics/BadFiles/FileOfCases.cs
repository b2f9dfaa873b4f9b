using System.Text.Json.Nodes;
using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.BadFiles;

/// <summary>Entries of expected.json that point to a file with cases of its own: <c>templates.json</c>, <c>data/recipes.json</c>.</summary>
internal static class FileOfCases
{
    public static IEnumerable<GoldenCase> Find(string folder, string file)
    {
        JsonArray cases = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, file)))!["cases"]!.AsArray();
        foreach (JsonNode? node in cases)
            yield return new GoldenCase($"{file}/{node!["name"]!.GetValue<string>()}", () => GoldenResult.NotBuilt(file));
    }
}
