using System.Text.Json;
using TuneSharp.Data;
using TuneSharp.Data.Packing;
using TuneSharp.Golden.Harness;
using TuneSharp.Nn;
using TuneSharp.Training.Loop;
using static TuneSharp.Golden.Topics.SftRows.RecordedIds;

namespace TuneSharp.Golden.Topics.SftRows;

/// <summary>
/// LLaMA-Factory's packed rows: which documents, in which order, and for neat packing what belongs to which document. It pads each row to
/// one more than the limit; there is no padding here, so the tokens before it are compared, and that nothing but padding follows.
/// </summary>
internal sealed class LlamaFactoryPacking : ISftRowsFile
{
    public string FileName => "llama_factory.json";

    public IEnumerable<GoldenCase> Find(string path, string file, SftTokenizers tokenizers)
    {
        foreach (JsonElement set in GoldenFixtures.ReadJson(path).EnumerateArray())
        {
            if (!set.TryGetProperty("packing", out JsonElement packing)) continue;
            string name = $"{set.GetProperty("tokenizer").GetString()}-{set.GetProperty("template").GetString()}";
            int number = 0;
            foreach (JsonElement entry in packing.EnumerateArray()) yield return new GoldenCase($"{file}/packing/{name}/{number++}", () => Compare(set, entry));
        }
    }

    private static GoldenResult Compare(JsonElement set, JsonElement entry)
    {
        string[] order = [.. set.GetProperty("packing_source").GetProperty("ids").EnumerateArray().Select(id => id.ToString())];
        JsonElement[] rows = [.. entry.GetProperty("rows").EnumerateArray()];
        int limit = entry.GetProperty("cutoff_len").GetInt32(), padding = set.GetProperty("pad_id").GetInt32();
        Dictionary<int, TrainingExample> documents = Recorded(rows);
        if (documents.Count == 0) return GoldenResult.Equal(false, "no documents are recorded");

        // Documents of the source that no recorded row holds were too long; where they stood, something that does not fit stands in.
        TrainingExample[] all = [.. Enumerable.Range(0, order.Length).Select(i => documents.GetValueOrDefault(i) ?? new TrainingExample(new int[limit + 1], new int[limit + 1]))];
        var packed = new PackedExamples(all, PackedLayout.Of([.. all.Select(d => d.Length)], limit, PackingStrategy.Knapsack));
        if (packed.Count != rows.Length) return GoldenResult.Equal(false, $"{packed.Count} rows instead of {rows.Length}");
        return GoldenResult.All(rows.Select((row, i) => CompareRow(packed[i], row, padding, limit, entry.GetProperty("neat_packing").GetBoolean())));
    }

    /// <summary>The documents by their number, cut out of the rows at the recorded borders.</summary>
    private static Dictionary<int, TrainingExample> Recorded(JsonElement[] rows)
    {
        var documents = new Dictionary<int, TrainingExample>();
        foreach (JsonElement row in rows)
        {
            int[] members = Ids(row.GetProperty("members")), borders = Ids(row.GetProperty("sequence_boundaries")), ids = Ids(row.GetProperty("input_ids")), labels = Ids(row.GetProperty("labels"));
            for (int i = 0; i < members.Length; i++) documents[members[i]] = new TrainingExample(ids[borders[i]..borders[i + 1]], labels[borders[i]..borders[i + 1]]);
        }
        return documents;
    }

    private static GoldenResult CompareRow(TrainingExample ours, JsonElement row, int padding, int limit, bool neat)
    {
        int filled = limit + 1 - ours.Length;
        using TokenBatch batch = ExampleTokens.Of([ours]);
        int[] segments = [.. batch.Rows.SelectMany((r, number) => Enumerable.Repeat(neat ? number + 1 : 1, r.Length))];
        return GoldenResult.All(
        [
            Same([.. ours.InputIds, .. Enumerable.Repeat(padding, filled)], row.GetProperty("input_ids"), "input_ids"),
            Same([.. ours.Labels, .. Enumerable.Repeat(TrainingExample.Ignored, filled)], row.GetProperty("labels"), "labels"),
            Same([.. batch.Positions(), .. Enumerable.Repeat(0, filled)], row.GetProperty("position_ids"), "position_ids"),
            Same([.. segments, .. Enumerable.Repeat(neat ? 0 : 1, filled)], row.GetProperty("attention_mask"), "attention_mask"),
        ]);
    }
}
