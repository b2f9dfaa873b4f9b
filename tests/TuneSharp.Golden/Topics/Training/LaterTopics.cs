using System.Text.Json;
using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.Training;

/// <summary>training/preference: DPO and its like, their losses and whole runs.</summary>
internal sealed class PreferenceTopic : IGoldenTopic
{
    public string Topic => "training/preference";

    public IEnumerable<GoldenCase> Find(string folder)
    {
        if (File.Exists(Path.Combine(folder, "losses.json")))
            foreach (JsonProperty kind in GoldenFixtures.ReadJson(Path.Combine(folder, "losses.json")).EnumerateObject())
                foreach (string entry in NamedEntries.Of(kind)) yield return new GoldenCase($"losses.json/{kind.Name}/{entry}", () => GoldenResult.NotBuilt("preference training"));

        foreach (string run in Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
            yield return new GoldenCase(Path.GetFileName(run), () => GoldenResult.NotBuilt("preference training"));
    }

    public string? SpoilOne(string copy) => null;
}

/// <summary>The cases of one part of a recorded JSON file.</summary>
internal static class NamedEntries
{
    /// <summary>The elements of a list, by their name if they have one; an object whose values are objects holds one case each; anything else is one case.</summary>
    public static IEnumerable<string> Of(JsonProperty part) => part.Value.ValueKind switch
    {
        JsonValueKind.Array => part.Value.EnumerateArray().Select((entry, i) => entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("name", out JsonElement name) ? name.GetString()! : $"{i:000}"),
        JsonValueKind.Object when part.Value.EnumerateObject().All(entry => entry.Value.ValueKind == JsonValueKind.Object) => part.Value.EnumerateObject().Select(entry => entry.Name),
        _ => ["all"],
    };
}
