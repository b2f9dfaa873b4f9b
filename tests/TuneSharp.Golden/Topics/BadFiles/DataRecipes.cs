using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TuneSharp.Data.Checking;
using TuneSharp.Formats;
using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.BadFiles;

/// <summary>Data files that are too big to keep: made here from their recipe, checked, and removed.</summary>
internal static partial class DataRecipes
{
    private const int LimitMilliseconds = 60_000;
    private const int LongestMessage = 2_000;

    public static GoldenResult Judge(JsonNode recipe)
    {
        string folder = Directory.CreateTempSubdirectory("tunesharp-recipe-").FullName;
        try
        {
            string path = Path.Combine(folder, recipe["name"]!.GetValue<string>());
            Make(recipe["make"]!.AsArray(), path);
            string expect = recipe["expect"]!.GetValue<string>();
            string? refusal = null;
            ResourceWatch watch = ResourceWatch.Run(() => refusal = Check(path));
            string? wrong = Expectation(expect, refusal, watch);
            return GoldenResult.Equal(wrong is null, wrong);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Make(JsonArray parts, string path)
    {
        using FileStream file = File.Create(path);
        foreach (JsonNode? part in parts)
        {
            byte[] text = Encoding.UTF8.GetBytes(part!["repeat"]!.GetValue<string>());
            long times = part["times"]!.GetValue<long>();
            int perBlock = (int)Math.Clamp((1 << 20) / Math.Max(text.Length, 1), 1, times);
            byte[] block = [.. Enumerable.Repeat(text, perBlock).SelectMany(bytes => bytes)];
            for (; times >= perBlock; times -= perBlock) file.Write(block);
            file.Write(block, 0, (int)times * text.Length);
        }
    }

    private static string? Check(string path)
    {
        try
        {
            DatasetCheck check = DatasetCheck.Run(path);
            return check.IsClean ? null : string.Join(' ', check.Problems.Kept);
        }
        catch (InvalidInputException e) { return e.Message; }
    }

    // The expectation is a sentence: "accept …", "refuse: line 1 …", "accept or refuse …; memory below 1 GB".
    private static string? Expectation(string expect, string? refusal, ResourceWatch watch)
    {
        if (refusal is not null && expect.StartsWith("accept", StringComparison.Ordinal) && !expect.StartsWith("accept or refuse", StringComparison.Ordinal)) return "refused: " + refusal;
        if (refusal is null && expect.StartsWith("refuse", StringComparison.Ordinal)) return "accepted";
        if (refusal?.Length > LongestMessage) return $"the message has {refusal.Length} characters: it repeats the file";
        if (refusal is not null && Line().Match(expect) is { Success: true } line && !refusal.Contains(line.Groups[1].Value)) return $"line {line.Groups[1]} is not in: {refusal}";
        if (Memory().Match(expect) is { Success: true } memory && watch.PeakBytes > double.Parse(memory.Groups[1].Value, CultureInfo.InvariantCulture) * (1 << 30))
            return $"it took {watch.PeakBytes / 1_048_576} MiB";
        return watch.Milliseconds > LimitMilliseconds ? $"it took {watch.Milliseconds / 1000:0} s" : null;
    }

    [GeneratedRegex(@"line (\d+)")]
    private static partial Regex Line();

    [GeneratedRegex(@"memory below ([\d.]+) GB")]
    private static partial Regex Memory();
}
