using System.Text.Json;
using System.Text.Json.Serialization;
using TuneSharp.Formats;

namespace TuneSharp.Golden.Harness;

/// <summary>One line of <c>artifacts/golden.json</c>.</summary>
public sealed record GoldenLine(string Topic, string Case, bool Agreed, double? Deviation, double Tolerance, string? Reason);

/// <summary>Runs cases and counts. A case that throws does not agree; its message is the reason.</summary>
public static class GoldenRun
{
    private static readonly JsonSerializerOptions Form = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static IEnumerable<GoldenLine> Run(IGoldenTopic topic, string root, bool quickOnly)
    {
        foreach (GoldenCase found in topic.Find(Path.Combine(root, topic.Topic)))
        {
            if (quickOnly && !found.Quick) continue;
            GoldenResult result = RunOne(found);
            double? deviation = double.IsFinite(result.Deviation) ? result.Deviation : null;
            yield return new GoldenLine(topic.Topic, found.Name, result.Agreed, deviation, result.Tolerance, result.Reason);
        }
    }

    public static GoldenResult RunOne(GoldenCase found)
    {
        try
        {
            return found.Run();
        }
        catch (InvalidInputException e)
        {
            return new GoldenResult(false, double.NaN, 0, e.Message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new GoldenResult(false, double.NaN, 0, $"{e.GetType().Name}: {e.Message.Split('\n')[0]} {e.StackTrace?.Split('\n').FirstOrDefault()?.Trim()}");
        }
    }

    /// <summary>Every case to its end: a line a topic, <c>artifacts/golden.json</c>, exit code 0 only when all agree.</summary>
    /// <param name="only">Topics to run; empty for all.</param>
    /// <param name="updateTally">Writes the counts as the tally that may only rise.</param>
    public static int RunAll(IReadOnlyCollection<string> only, bool updateTally)
    {
        var lines = new List<GoldenLine>();
        foreach (IGoldenTopic topic in GoldenFixtures.TopicsIn(GoldenFixtures.Root))
        {
            if (only.Count > 0 && !only.Any(o => topic.Topic == o || topic.Topic.StartsWith(o + "/", StringComparison.Ordinal))) continue;
            List<GoldenLine> mine = [.. Run(topic, GoldenFixtures.Root, quickOnly: false)];
            Console.WriteLine($"{topic.Topic}: {mine.Count(l => l.Agreed)} of {mine.Count}");
            lines.AddRange(mine);
        }
        string artifacts = Directory.CreateDirectory(Path.Combine(GoldenFixtures.Repository, "artifacts")).FullName;
        File.WriteAllText(Path.Combine(artifacts, "golden.json"), JsonSerializer.Serialize(lines, Form) + "\n");
        if (updateTally) GoldenTally.Write(lines);
        Console.WriteLine($"all: {lines.Count(l => l.Agreed)} of {lines.Count}; details in {Path.Combine("artifacts", "golden.json")}");
        if (lines.Count == 0) Console.WriteLine($"There is no golden data in {GoldenFixtures.Root}.");
        return lines.Count > 0 && lines.All(l => l.Agreed) ? 0 : 1;
    }
}

/// <summary>
/// How many cases of each topic agreed when last looked at, for the recorded data beside the project. The numbers may only rise.
/// </summary>
public static class GoldenTally
{
    private static readonly JsonSerializerOptions Form = new() { WriteIndented = true };

    public static string File { get; } = Path.Combine(GoldenFixtures.Repository, "tests", "TuneSharp.Golden", "tally.json");

    /// <summary>The tally speaks of <c>../shared/fixtures</c> only; other data of the same layout has other counts.</summary>
    public static bool Applies { get; } = GoldenFixtures.Root == Path.GetFullPath(Path.Combine(GoldenFixtures.Repository, "..", "shared", "fixtures"));

    public static SortedDictionary<string, int> Read() =>
        System.IO.File.Exists(File) ? JsonSerializer.Deserialize<SortedDictionary<string, int>>(System.IO.File.ReadAllText(File))! : [];

    public static void Write(IEnumerable<GoldenLine> lines)
    {
        SortedDictionary<string, int> tally = Read();
        foreach (IGrouping<string, GoldenLine> topic in lines.GroupBy(l => l.Topic, StringComparer.Ordinal)) tally[topic.Key] = topic.Count(l => l.Agreed);
        System.IO.File.WriteAllText(File, JsonSerializer.Serialize(tally, Form) + "\n");
    }
}
