using System.Text.Json;
using TuneSharp.Data;
using TuneSharp.Data.Batching;
using TuneSharp.Data.PreTraining;
using TuneSharp.Formats;
using TuneSharp.Golden.Harness;
using TuneSharp.Tokenizers;
using static TuneSharp.Golden.Topics.SftRows.RecordedIds;

namespace TuneSharp.Golden.Topics.SftRows;

/// <summary>Raw text as blocks: windows over documents laid one after the other, and the classic way that ends blocks at line breaks.</summary>
internal sealed class RawTextRows : ISftRowsFile
{
    public string FileName => "raw_text.json";

    public IEnumerable<GoldenCase> Find(string path, string file, SftTokenizers tokenizers)
    {
        JsonElement root = GoldenFixtures.ReadJson(path);
        int number = 0;
        string rawText = root.GetProperty("raw_text").GetString()!;
        foreach (JsonElement entry in root.GetProperty("classic").EnumerateArray())
            yield return new GoldenCase($"{file}/classic/{number++}", () => Chunks(rawText, entry, tokenizers));
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

    private static GoldenResult Chunks(string text, JsonElement entry, SftTokenizers tokenizers)
    {
        if (tokenizers.Load(entry.GetProperty("tokenizer").GetString()!) is not { } tokenizer) return GoldenResult.NotBuilt("This tokenizer");
        var options = new TextChunkOptions
        {
            BlockSize = entry.GetProperty("cutoff_len").GetInt32(),
            Overlap = entry.GetProperty("overlap_len").GetInt32(),
            NewlineFavorLen = entry.GetProperty("newline_favor_len").GetInt32(),
            HardCut = entry.GetProperty("hard_cut_string").GetString()!.Replace("\\n", "\n", StringComparison.Ordinal),
            MinChars = entry.GetProperty("min_chars").GetInt32(),
            AppendEos = entry.GetProperty("add_eos").GetBoolean(),
        };
        int[][] blocks;
        try
        {
            blocks = [.. TextChunks.Blocks(text, tokenizer, options)];
        }
        catch (InvalidInputException e)
        {
            return GoldenResult.Equal(entry.TryGetProperty("error", out _), e.Message);
        }
        if (entry.TryGetProperty("error", out JsonElement error)) return GoldenResult.Equal(false, $"should fail: {error.GetString()}");
        string[] chunks = [.. blocks.Select(block => tokenizer.Decode(block, skipSpecialTokens: false))];
        string[] cut = [.. chunks.Select(chunk => TextChunks.Trim(chunk, options.NewlineFavorLen))];
        int[][] ids = [.. cut.Select(chunk => TextChunks.Encode(chunk, tokenizer, options.BlockSize))];
        IReadOnlyList<TrainingExample> product = TextChunks.Cut(text, tokenizer, options);
        return GoldenResult.All(
        [
            SameRows(blocks, entry.GetProperty("blocks"), "blocks"),
            Texts(chunks, entry, "chunks"),
            Texts(cut, entry, "cut_chunks"),
            SameRows(ids, entry.GetProperty("input_ids"), "input_ids"),
            GoldenResult.Equal(product.Select(example => example.InputIds).SequenceEqual(ids.Where(row => row.Length > 1), ByValue.Instance), "the product's rows are those with two ids or more"),
        ]);
    }

    private static GoldenResult Texts(string[] ours, JsonElement entry, string what)
    {
        string[] theirs = [.. entry.GetProperty(what).EnumerateArray().Select(text => text.GetString()!)];
        int at = 0;
        while (at < ours.Length && at < theirs.Length && ours[at] == theirs[at]) at++;
        return GoldenResult.Equal(at == ours.Length && at == theirs.Length, $"{what}: {ours.Length} texts instead of {theirs.Length}, first difference at {at}");
    }

    private sealed class ByValue : IEqualityComparer<int[]>
    {
        public static readonly ByValue Instance = new();

        public bool Equals(int[]? x, int[]? y) => x is not null && y is not null && x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] row) => row.Length;
    }
}
