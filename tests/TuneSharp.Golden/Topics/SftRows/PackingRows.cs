using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Data;
using TuneSharp.Data.Packing;
using TuneSharp.Golden.Harness;
using TuneSharp.Nn;
using TuneSharp.Training.Loop;
using static TorchSharp.torch;
using static TuneSharp.Golden.Topics.SftRows.RecordedIds;

namespace TuneSharp.Golden.Topics.SftRows;

/// <summary>
/// TRL's <c>pack_dataset</c>: which documents lie in which row, and what the engine makes of such rows: positions, borders, labels. Whether
/// a token may attend to another is asked of the attention function itself.
/// </summary>
internal sealed class PackingRows : ISftRowsFile
{
    public string FileName => "packing.json";

    public IEnumerable<GoldenCase> Find(string path, string file, SftTokenizers tokenizers)
    {
        JsonElement root = GoldenFixtures.ReadJson(path);
        foreach (string kind in (string[])["toys", "real"])
        {
            int number = 0;
            foreach (JsonElement set in root.GetProperty(kind).EnumerateArray())
            {
                string name = $"{file}/{kind}/{number++}";
                int each = 0;
                foreach (JsonElement packed in set.GetProperty("packed").EnumerateArray()) yield return new GoldenCase($"{name}/{each++}-{packed.GetProperty("strategy").GetString()}", () => Compare(set, packed));
                if (set.TryGetProperty("knapsack", out JsonElement knapsack)) yield return new GoldenCase($"{name}/knapsack", () => CompareKnapsack(set, knapsack));
            }
        }
        int mask = 0;
        foreach (JsonElement entry in root.GetProperty("block_diagonal_masks").EnumerateArray()) yield return new GoldenCase($"{file}/masks/{mask++}", () => CompareMask(entry));
    }

    /// <summary>Moves the first id of the first packed row.</summary>
    public static string? SpoilOne(string copy)
    {
        string? path = Directory.GetFiles(copy, "packing.json*").FirstOrDefault();
        if (path is null) return null;
        JsonNode root = JsonNode.Parse(GoldenFixtures.ReadText(path))!;
        JsonNode packed = root["toys"]![0]!["packed"]![0]!;
        JsonArray ids = packed["rows"]!["input_ids"]![0]!.AsArray();
        ids[0] = (int)ids[0]! + 1;
        GoldenFixtures.WriteText(path, root.ToJsonString());
        return $"{Path.GetFileName(path)}/toys/0/0-{(string)packed["strategy"]!}";
    }

    internal static TrainingExample[] Documents(JsonElement set)
    {
        JsonElement ids = set.GetProperty("input_ids");
        JsonElement labels = set.TryGetProperty("labels", out JsonElement given) ? given : ids;
        return [.. ids.EnumerateArray().Zip(labels.EnumerateArray(), (i, l) => new TrainingExample(Ids(i), Ids(l)))];
    }

    private static GoldenResult Compare(JsonElement set, JsonElement packed)
    {
        PackingStrategy strategy = packed.GetProperty("strategy").GetString() switch
        {
            "bfd" => PackingStrategy.Bfd,
            "bfd_split" => PackingStrategy.BfdSplit,
            "wrapped" => PackingStrategy.Wrapped,
            _ => PackingStrategy.None,
        };
        TrainingExample[] documents = Documents(set);
        var rows = new PackedExamples(documents, PackedLayout.Of([.. documents.Select(d => d.Length)], packed.GetProperty("seq_length").GetInt32(), strategy));
        JsonElement expected = packed.GetProperty("rows");
        List<GoldenResult> results = [SameRows([.. rows.Select(r => r.InputIds)], expected.GetProperty("input_ids"), "input_ids")];
        if (expected.TryGetProperty("labels", out JsonElement labels)) results.Add(SameRows([.. rows.Select(r => r.Labels)], labels, "labels"));
        if (expected.TryGetProperty("seq_lengths", out JsonElement lengths)) results.Add(SameRows([.. rows.Select(r => r.SegmentLengths!.ToArray())], lengths, "seq_lengths"));
        if (packed.TryGetProperty("position_ids", out JsonElement positions)) results.Add(SameRows([.. rows.Select(r => Positions(r.SegmentLengths!))], positions, "position_ids"));
        if (packed.TryGetProperty("segment_ids", out JsonElement segments)) results.Add(SameRows([.. rows.Select(r => Numbers(r.SegmentLengths!))], segments, "segment_ids"));
        if (packed.TryGetProperty("padding_free_batch", out JsonElement batch)) results.Add(PaddingFree.Compare([.. rows], batch));
        return GoldenResult.All(results);
    }

    // From the batch that the engine gets, not from the lengths.
    private static int[] Positions(IReadOnlyList<int> lengths)
    {
        int[] ids = new int[lengths.Sum()];
        using TokenBatch batch = ExampleTokens.Of([new TrainingExample(ids, ids) { SegmentLengths = lengths }]);
        return batch.Positions();
    }

    private static int[] Numbers(IReadOnlyList<int> lengths) => [.. lengths.SelectMany((length, segment) => Enumerable.Repeat(segment, length))];

    private static GoldenResult CompareKnapsack(JsonElement set, JsonElement knapsack)
    {
        int[] lengths = [.. set.GetProperty("lengths").EnumerateArray().Select(l => l.GetInt32())];
        PackedLayout layout = PackedLayout.Of(lengths, knapsack.GetProperty("capacity").GetInt32(), PackingStrategy.Knapsack);
        return SameRows([.. Enumerable.Range(0, layout.Count).Select(row => layout[row].ToArray().Select(piece => piece.Length).ToArray())], knapsack.GetProperty("sacks"), "sacks");
    }

    /// <summary>Equal scores and unit vectors as values: the output of a token then has its weight where it may attend.</summary>
    private static GoldenResult CompareMask(JsonElement entry)
    {
        int[] segment = Ids(entry.GetProperty("attention_ids"));
        JsonElement[] lines = [.. entry.GetProperty("may_attend").EnumerateArray()];
        int real = segment.Count(id => id != 0);
        int[] lengths = [.. segment.Where(id => id != 0).GroupBy(id => id).Select(g => g.Count())], ids = new int[real];
        using var scope = NewDisposeScope();
        using TokenBatch batch = ExampleTokens.Of([new TrainingExample(ids, ids) { SegmentLengths = lengths }]);
        using var workspace = new Workspace();
        using var tape = new Tape(workspace, recording: false);
        float[] weights = tape.Attention(tape.Leaf(zeros(real, real)), tape.Leaf(zeros(real, real)), tape.Leaf(eye(real)), batch, new AttentionHeads(1, 1, real)).Data.data<float>().ToArray();
        return GoldenResult.All(lines.Select((line, query) =>
        {
            // Padding is no token here: nothing attends to it, and it attends to nothing.
            int[] found = [.. Enumerable.Range(0, segment.Length).Select(key => query < real && key < real && weights[query * real + key] > 0 ? 1 : 0)];
            return Same(found, line, $"token {query}");
        }));
    }
}
