using System.Text.Json;
using TuneSharp.Data;
using TuneSharp.Data.Batching;
using TuneSharp.Data.PreTraining;
using TuneSharp.Formats;
using TuneSharp.Golden.Harness;
using static TuneSharp.Golden.Topics.SftRows.RecordedIds;

namespace TuneSharp.Golden.Topics.SftRows;

/// <summary>Raw text as blocks: windows over documents laid one after the other.</summary>
internal sealed class RawTextRows : ISftRowsFile
{
    public string FileName => "raw_text.json";

    public IEnumerable<GoldenCase> Find(string path, string file, SftTokenizers tokenizers)
    {
        JsonElement root = GoldenFixtures.ReadJson(path);
        int number = 0;
        foreach (JsonElement _ in root.GetProperty("classic").EnumerateArray())
            yield return new GoldenCase($"{file}/classic/{number++}", () => GoldenResult.NotBuilt("Cutting raw text at line breaks"));
        string[] documents = [.. root.GetProperty("documents").EnumerateArray().Select(d => d.GetString()!)];
        number = 0;
        foreach (JsonElement entry in root.GetProperty("head").EnumerateArray())
            yield return new GoldenCase($"{file}/head/{number++}", () => CompareBlocks(documents, entry, tokenizers));
    }

    private static GoldenResult CompareBlocks(string[] documents, JsonElement entry, SftTokenizers tokenizers)
    {
        if (tokenizers.Load(entry.GetProperty("tokenizer").GetString()!) is not { } tokenizer) return GoldenResult.NotBuilt("This tokenizer");
        int size = entry.GetProperty("cutoff_len").GetInt32(), overlap = entry.GetProperty("stride_length").GetInt32();
        int? end = entry.GetProperty("add_eos").GetBoolean() ? tokenizer.SpecialTokens.Eos!.Id : null;
        IReadOnlyList<TrainingExample> blocks;
        try
        {
            (blocks, _) = TextBlocks.Cut(documents.Select(d => tokenizer.EncodeIds(d, addSpecialTokens: true)), end, size, overlap, LastBlock.Keep);
        }
        catch (InvalidInputException e)
        {
            return GoldenResult.Equal(entry.TryGetProperty("error", out _), e.Message);
        }
        if (entry.TryGetProperty("error", out JsonElement error)) return GoldenResult.Equal(false, $"should fail: {error.GetString()}");
        JsonElement[] rows = [.. entry.GetProperty("rows").EnumerateArray()];
        if (rows.Length != blocks.Count) return GoldenResult.Equal(false, $"{blocks.Count} blocks instead of {rows.Length}");
        PaddedBatch padded = PaddedBatch.From(blocks, tokenizer.SpecialTokens.Pad?.Id ?? tokenizer.SpecialTokens.Eos!.Id);
        return GoldenResult.All(rows.SelectMany((row, i) => (GoldenResult[])
        [
            Same(padded.InputIds[i], row.GetProperty("input_ids"), $"block {i} input_ids"),
            Same(padded.Labels[i], row.GetProperty("labels"), $"block {i} labels"),
            Same(padded.AttentionMask[i], row.GetProperty("attention_mask"), $"block {i} attention_mask"),
        ]));
    }
}
