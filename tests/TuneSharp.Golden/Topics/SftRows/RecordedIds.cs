using System.Text.Json;
using TuneSharp.Golden.Harness;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Golden.Topics.SftRows;

/// <summary>Recorded ids, labels and messages, and how they are compared: every value must be the same.</summary>
internal static class RecordedIds
{
    public static List<ChatMessage> Messages(JsonElement messages, string role, string content) =>
        [.. messages.EnumerateArray().Select(m => new ChatMessage(m.GetProperty(role).GetString()!, m.GetProperty(content).GetString()!))];

    public static int[] Ids(JsonElement list) => [.. list.EnumerateArray().Select(id => id.GetInt32())];

    public static GoldenResult Same(int[] ours, JsonElement theirs, string what)
    {
        int[] expected = Ids(theirs);
        int at = 0;
        while (at < ours.Length && at < expected.Length && ours[at] == expected[at]) at++;
        return GoldenResult.Equal(at == ours.Length && at == expected.Length, $"{what}: {ours.Length} values instead of {expected.Length}, first difference at {at}");
    }

    /// <summary>Rows of values; <paramref name="what"/> says what they are.</summary>
    public static GoldenResult SameRows(IReadOnlyList<int[]> ours, JsonElement theirs, string what)
    {
        JsonElement[] rows = [.. theirs.EnumerateArray()];
        if (rows.Length != ours.Count) return GoldenResult.Equal(false, $"{what}: {ours.Count} rows instead of {rows.Length}");
        return rows.Length == 0 ? GoldenResult.Equal(true) : GoldenResult.All(rows.Select((row, i) => Same(ours[i], row, $"{what}[{i}]")));
    }
}
