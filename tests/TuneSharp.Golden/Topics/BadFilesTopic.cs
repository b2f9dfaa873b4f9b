using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Golden.Harness;
using TuneSharp.Golden.Topics.BadFiles;

namespace TuneSharp.Golden.Topics;

/// <summary>
/// Hostile and damaged files (<c>quant/bad</c>): each must be accepted, refused or remarked upon as expected.json says, with
/// every name that the error must hold, in the time and memory that its size allows.
/// </summary>
public sealed class BadFilesTopic : IGoldenTopic
{
    private const int LimitMilliseconds = 1000;

    public string Topic => "quant/bad";

    public IEnumerable<GoldenCase> Find(string folder)
    {
        foreach (JsonObject entry in Entries(folder))
        {
            string file = entry["file"]!.GetValue<string>(), kind = file.Split('/')[0];
            if (entry["expect"]!.GetValue<string>() == "see file")
                foreach (GoldenCase inner in FileOfCases.Find(folder, file)) yield return inner;
            else if (BadFileOpeners.All.TryGetValue(kind, out BadFileOpener? opener))
                yield return new GoldenCase(file, () => Judge(entry, folder, opener));
            else
                yield return new GoldenCase(file, () => GoldenResult.NotBuilt($"Opening {kind} files"));
        }
    }

    public string? SpoilOne(string copy)
    {
        string path = Path.Combine(copy, "expected.json");
        JsonNode expected = JsonNode.Parse(File.ReadAllText(path))!;
        JsonObject? entry = expected["files"]!.AsArray().Select(node => node!.AsObject()).FirstOrDefault(e =>
            e["file"]!.GetValue<string>().StartsWith("safetensors/", StringComparison.Ordinal) && e["expect"]!.GetValue<string>() == "refuse" && !e.ContainsKey("may_accept"));
        if (entry is null) return null;
        entry["expect"] = "accept";
        File.WriteAllText(path, expected.ToJsonString());
        return entry["file"]!.GetValue<string>();
    }

    private static IEnumerable<JsonObject> Entries(string folder) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")))!["files"]!.AsArray().Select(node => node!.AsObject());

    private static GoldenResult Judge(JsonObject entry, string folder, BadFileOpener opener)
    {
        // The first call pays for compiling the parser and loading what it needs; the limits are for the file.
        Outcome outcome = Open(entry, folder, opener);
        if (outcome.Milliseconds > LimitMilliseconds) outcome = Open(entry, folder, opener);
        if (Expectation(entry, outcome) is { } wrong) return GoldenResult.Equal(false, wrong);
        long fileBytes = new FileInfo(Path.Combine(folder, entry["file"]!.GetValue<string>())) is { Exists: true } info ? info.Length : 0;
        long allowed = (entry["max_alloc_mb"]?.GetValue<long>() ?? (64 + 2 * fileBytes / 1_048_576)) * 1_048_576;
        if (outcome.AllocatedBytes > allowed) return GoldenResult.Equal(false, $"{outcome.AllocatedBytes} bytes were allocated; {allowed} are allowed");
        int limit = entry["must_finish_ms"]?.GetValue<int>() ?? LimitMilliseconds;
        return GoldenResult.Equal(outcome.Milliseconds <= limit, $"it took {outcome.Milliseconds:0} ms; {limit} are allowed");
    }

    private sealed record Outcome(string? Refusal, string Warnings, string? Unexpected, double Milliseconds, long AllocatedBytes);

    private static Outcome Open(JsonObject entry, string folder, BadFileOpener opener)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        string? refusal = null, unexpected = null;
        string warnings = "";
        string[] filesBefore = Directory.GetFileSystemEntries(Environment.CurrentDirectory);
        try { warnings = string.Join(' ', opener(folder, entry)); }
        catch (InvalidInputException e) { refusal = e.Message; }
        catch (Exception e) when (e is not OutOfMemoryException) { unexpected = $"{e.GetType().Name}: {e.Message}"; }
        if (Directory.GetFileSystemEntries(Environment.CurrentDirectory).Except(filesBefore).FirstOrDefault() is { } appeared) unexpected = $"{appeared} appeared: code was run";
        return new Outcome(refusal, warnings, unexpected, System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>Null if the outcome is as expected, otherwise what is wrong with it.</summary>
    private static string? Expectation(JsonObject entry, Outcome outcome)
    {
        if (outcome.Unexpected is { } unexpected) return unexpected;
        bool refused = outcome.Refusal is not null;
        string expect = entry["expect"]!.GetValue<string>();
        if (expect == "accept")
            return refused && entry["may_refuse"]?.GetValue<bool>() != true ? "refused: " + outcome.Refusal : null;
        if (expect == "refuse" && !refused)
            return entry["may_accept"]?.GetValue<bool>() == true ? null : "accepted: " + entry["why"]!.GetValue<string>();
        string said = outcome.Refusal ?? outcome.Warnings;
        if (expect == "warn" && said.Length == 0 && entry.ContainsKey("error_must_name")) return "accepted without a word";
        string? missing = entry["error_must_name"]?.AsArray().Select(name => name!.GetValue<string>()).FirstOrDefault(name => !said.Contains(name, StringComparison.OrdinalIgnoreCase));
        return missing is null ? null : $"'{missing}' is not in: {said}";
    }
}
