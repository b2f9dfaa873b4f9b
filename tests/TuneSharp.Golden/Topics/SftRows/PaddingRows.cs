using System.Text.Json;
using TuneSharp.Data;
using TuneSharp.Data.Batching;
using TuneSharp.Golden.Harness;
using static TuneSharp.Golden.Topics.SftRows.RecordedIds;

namespace TuneSharp.Golden.Topics.SftRows;

/// <summary>What Hugging Face's and TRL's collators make of rows of different lengths.</summary>
internal sealed class PaddingRows : ISftRowsFile
{
    public string FileName => "padding.json";

    public IEnumerable<GoldenCase> Find(string path, string file, SftTokenizers tokenizers)
    {
        foreach (JsonElement set in GoldenFixtures.ReadJson(path).EnumerateArray())
        {
            string tokenizer = set.GetProperty("tokenizer").GetString()!;
            int number = 0;
            foreach (string collator in (string[])["seq2seq", "trl"])
                foreach (JsonElement entry in set.GetProperty(collator).EnumerateArray())
                    yield return new GoldenCase($"{file}/{tokenizer}/{collator}/{number++}", () => Compare(set, entry));
        }
    }

    private static GoldenResult Compare(JsonElement set, JsonElement entry)
    {
        TrainingExample[] examples = [.. set.GetProperty("features").EnumerateArray().Select(f => new TrainingExample(Ids(f.GetProperty("input_ids")), Ids(f.GetProperty("labels"))))];
        if (entry.TryGetProperty("padding_free", out JsonElement free) && free.GetBoolean()) return PaddingFree.Compare(examples, entry, set.GetProperty("pad_id").GetInt32());
        PaddingSide side = entry.TryGetProperty("padding_side", out JsonElement s) && s.GetString() == "left" ? PaddingSide.Left : PaddingSide.Right;
        int multiple = entry.GetProperty("pad_to_multiple_of") is { ValueKind: JsonValueKind.Number } m ? m.GetInt32() : 1;
        PaddedBatch batch = PaddedBatch.From(examples, set.GetProperty("pad_id").GetInt32(), side, multiple);
        return GoldenResult.All(
        [
            SameRows(batch.InputIds, entry.GetProperty("input_ids"), "input_ids"),
            SameRows(batch.Labels, entry.GetProperty("labels"), "labels"),
            SameRows(batch.AttentionMask, entry.GetProperty("attention_mask"), "attention_mask"),
        ]);
    }
}
