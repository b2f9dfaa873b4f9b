using System.Text.Json;
using TuneSharp.Data;
using TuneSharp.Golden.Harness;
using TuneSharp.Nn;
using TuneSharp.Training.Loop;
using static TuneSharp.Golden.Topics.SftRows.RecordedIds;

namespace TuneSharp.Golden.Topics.SftRows;

/// <summary>TRL's layout without padding against the engine's batch: the same tokens, positions, borders and labels.</summary>
internal static class PaddingFree
{
    /// <param name="padding">Id of the padding that TRL may put behind the last row; null: there is none.</param>
    public static GoldenResult Compare(IReadOnlyList<TrainingExample> rows, JsonElement expected, int? padding = null)
    {
        using TokenBatch batch = ExampleTokens.Of(rows);
        int width = expected.GetProperty("input_ids")[0].GetArrayLength(), filled = width - batch.NumTokens;
        int[] labels = new int[width];
        Array.Fill(labels, TrainingExample.Ignored);
        for (int i = 0; i < batch.NumLabels; i++) labels[batch.LabelledTokens[i] + 1] = batch.Labels[i];
        List<int> borders = [0, .. batch.Rows.Select(row => row.Start + row.Length)];
        int[] rowOf = [.. batch.Rows.SelectMany((row, number) => Enumerable.Repeat(number, row.Length))];
        int longest = batch.Rows.Max(row => row.Length);
        if (filled < 0 || (filled > 0 && padding is null)) return GoldenResult.Equal(false, $"{batch.NumTokens} tokens instead of {width}");

        List<GoldenResult> results =
        [
            Same([.. batch.Ids, .. Enumerable.Repeat(padding ?? 0, filled)], expected.GetProperty("input_ids")[0], "input_ids"),
            Same(labels, expected.GetProperty("labels")[0], "labels"),
        ];
        if (filled == 0) results.Add(Same(batch.Positions(), expected.GetProperty("position_ids")[0], "position_ids"));
        else results.Add(Same(batch.Positions(), Head(expected.GetProperty("position_ids")[0], batch.NumTokens), "position_ids"));
        if (expected.TryGetProperty("seq_idx", out JsonElement seqIdx)) results.Add(Same(rowOf, Head(seqIdx[0], batch.NumTokens), "seq_idx"));
        foreach (string key in (string[])["cu_seq_lens_q", "cu_seq_lens_k"])
            if (expected.TryGetProperty(key, out JsonElement cuts)) results.Add(Same([.. borders], Head(cuts, borders.Count), key));
        foreach (string key in (string[])["max_length_q", "max_length_k"])
            if (expected.TryGetProperty(key, out JsonElement most) && filled == 0) results.Add(GoldenResult.Equal(most.GetInt32() == longest, $"{key}: {longest}"));
        return GoldenResult.All(results);
    }

    // Behind the real tokens TRL describes its padding, which does not exist here.
    private static JsonElement Head(JsonElement list, int count) => JsonSerializer.SerializeToElement(Ids(list).Take(count));
}
