using System.Text.Json.Nodes;
using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.BadFiles;

/// <summary>Entries of expected.json that point to a file with cases of its own: chat templates, and recipes of big data files.</summary>
internal static class FileOfCases
{
    public static IEnumerable<GoldenCase> Find(string folder, string file)
    {
        foreach (JsonNode? found in JsonNode.Parse(File.ReadAllText(Path.Combine(folder, file)))!["cases"]!.AsArray())
        {
            string name = $"{file}/{found!["name"]!.GetValue<string>()}";
            yield return found switch
            {
                { } when found["template"] is not null => new GoldenCase(name, () => TemplateCases.Judge(found)),
                { } when found["make"] is not null => new GoldenCase(name, () => DataRecipes.Judge(found)) { Quick = false },
                _ => new GoldenCase(name, () => GoldenResult.NotBuilt(file)),
            };
        }
    }
}
