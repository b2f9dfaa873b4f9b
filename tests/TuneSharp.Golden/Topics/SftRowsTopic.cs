using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Data;
using TuneSharp.Data.Batching;
using TuneSharp.Data.PreTraining;
using TuneSharp.Data.Rendering;
using TuneSharp.Formats;
using TuneSharp.Golden.Harness;
using TuneSharp.Tokenizers;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Golden.Topics;

/// <summary>Rows to ids and labels: the chat template route, TRL's prepared sets as far as they mean the same, raw text, padding.</summary>
public sealed class SftRowsTopic : IGoldenTopic
{
    public string Topic => "text/sft_rows";

    public IEnumerable<GoldenCase> Find(string folder)
    {
        var tokenizers = new SftTokenizers(folder);
        foreach (string path in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
        {
            string file = Path.GetFileName(path);
            string name = file.EndsWith(".gz", StringComparison.Ordinal) ? file[..^3] : file;
            IEnumerable<GoldenCase> cases = name switch
            {
                "chat_template.json" => ChatTemplateCases(path, file, tokenizers),
                "raw_text.json" => RawTextCases(path, file, tokenizers),
                "padding.json" => PaddingCases(path, file),
                "trl.json" => TrlCases(path, file, tokenizers),
                "fixed_prompts.json" => NotBuilt(path, file, "cases", "Fixed prompt formats"),
                "llama_factory.json" => NotBuilt(path, file, "cases", "LLaMA-Factory's slot templates"),
                "textgen_keysets.json" => NotBuilt(path, file, null, "Keyed prompt formats"),
                "packing.json" or "infer_seqlen.json" or "prompts.json" => [new GoldenCase(file, () => GoldenResult.NotBuilt(name))],
                _ => [],    // rows.json holds the rows of the other files
            };
            foreach (GoldenCase found in cases) yield return found;
        }
    }

    public string? SpoilOne(string copy)
    {
        string path = Path.Combine(copy, "chat_template.json.gz");
        if (!File.Exists(path)) return null;
        JsonNode root = JsonNode.Parse(GoldenFixtures.ReadText(path))!;
        GoldenCase? good = ChatTemplateCases(path, "chat_template.json.gz", new SftTokenizers(copy)).FirstOrDefault(c => c.Run().Agreed);
        if (good is null) return null;
        string[] parts = good.Name.Split('/');
        JsonNode entry = root.AsArray().First(t => (string)t!["tokenizer"]! == parts[1])!["cases"]!.AsArray().First(c => (string)c!["id"]! == parts[2])!;
        JsonArray labels = entry["labels_assistant"]!.AsArray();
        labels[^1] = (int)labels[^1]! + 1;
        GoldenFixtures.WriteText(path, root.ToJsonString());
        return good.Name;
    }

    private static IEnumerable<GoldenCase> ChatTemplateCases(string path, string file, SftTokenizers tokenizers)
    {
        foreach (JsonElement set in GoldenFixtures.ReadJson(path).EnumerateArray())
        {
            string tokenizer = set.GetProperty("tokenizer").GetString()!;
            foreach (JsonElement entry in set.GetProperty("cases").EnumerateArray())
                yield return new GoldenCase($"{file}/{tokenizer}/{entry.GetProperty("id").GetString()}", () => CompareChat(tokenizer, entry, tokenizers));
        }
    }

    private static GoldenResult CompareChat(string tokenizerName, JsonElement entry, SftTokenizers tokenizers)
    {
        if (tokenizers.Load(tokenizerName) is not { } tokenizer) return GoldenResult.NotBuilt($"The tokenizer {tokenizerName}");
        List<ChatMessage> messages = Messages(entry.GetProperty("messages"), "role", "content");
        if (tokenizers.TemplateFor(tokenizerName, messages, entry.GetProperty("text").GetString()!) is not { } template)
            return GoldenResult.Equal(false, "no template renders the recorded text");
        var row = new ConversationRow(new RowSource(tokenizerName, 1, 1), [.. messages.Select(m => new Turn(m))]);
        RenderedExample answers = new ExampleRenderer(tokenizer, template).Render(row);
        RenderedExample last = new ExampleRenderer(tokenizer, template, new RenderingOptions { LastTurnOnly = true }).Render(row);
        RenderedExample all = new ExampleRenderer(tokenizer, template, new RenderingOptions { TrainOnPrompt = true }).Render(row);
        return GoldenResult.All(
        [
            GoldenResult.Equal(answers.Text == entry.GetProperty("text").GetString(), "text"),
            Same(answers.Example.InputIds, entry.GetProperty("input_ids"), "input_ids"),
            Same(answers.Example.Labels, entry.GetProperty("labels_assistant"), "labels_assistant"),
            Same(last.Example.Labels, entry.GetProperty("labels_last"), "labels_last"),
            Same(all.Example.Labels, entry.GetProperty("labels_all"), "labels_all"),
        ]);
    }

    private static IEnumerable<GoldenCase> RawTextCases(string path, string file, SftTokenizers tokenizers)
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

    private static IEnumerable<GoldenCase> PaddingCases(string path, string file)
    {
        foreach (JsonElement set in GoldenFixtures.ReadJson(path).EnumerateArray())
        {
            string tokenizer = set.GetProperty("tokenizer").GetString()!;
            int number = 0;
            foreach (string collator in (string[])["seq2seq", "trl"])
                foreach (JsonElement entry in set.GetProperty(collator).EnumerateArray())
                    yield return new GoldenCase($"{file}/{tokenizer}/{collator}/{number++}", () => ComparePadding(set, entry));
        }
    }

    private static GoldenResult ComparePadding(JsonElement set, JsonElement entry)
    {
        if (entry.TryGetProperty("padding_free", out JsonElement free) && free.GetBoolean()) return GoldenResult.NotBuilt("TRL's layout of rows without padding");
        TrainingExample[] examples = [.. set.GetProperty("features").EnumerateArray().Select(f => new TrainingExample(Ids(f.GetProperty("input_ids")), Ids(f.GetProperty("labels"))))];
        PaddingSide side = entry.TryGetProperty("padding_side", out JsonElement s) && s.GetString() == "left" ? PaddingSide.Left : PaddingSide.Right;
        int multiple = entry.GetProperty("pad_to_multiple_of") is { ValueKind: JsonValueKind.Number } m ? m.GetInt32() : 1;
        PaddedBatch batch = PaddedBatch.From(examples, set.GetProperty("pad_id").GetInt32(), side, multiple);
        return GoldenResult.All([Same(batch.InputIds, entry, "input_ids"), Same(batch.Labels, entry, "labels"), Same(batch.AttentionMask, entry, "attention_mask")]);
    }

    private static IEnumerable<GoldenCase> TrlCases(string path, string file, SftTokenizers tokenizers)
    {
        JsonElement root = GoldenFixtures.ReadJson(path);
        JsonElement sets = root.GetProperty("sets");
        int number = 0;
        foreach (JsonElement entry in root.GetProperty("cases").EnumerateArray())
            yield return new GoldenCase($"{file}/{number++}", () => TrlRows.Compare(sets, entry, tokenizers));
    }

    private static IEnumerable<GoldenCase> NotBuilt(string path, string file, string? listKey, string part)
    {
        int number = 0;
        foreach (JsonElement entry in GoldenFixtures.ReadJson(path).EnumerateArray())
        {
            int inner = listKey is null ? 1 : entry.GetProperty(listKey).GetArrayLength();
            for (int i = 0; i < inner; i++) yield return new GoldenCase($"{file}/{number}/{i}", () => GoldenResult.NotBuilt(part));
            number++;
        }
    }

    internal static List<ChatMessage> Messages(JsonElement messages, string role, string content) =>
        [.. messages.EnumerateArray().Select(m => new ChatMessage(m.GetProperty(role).GetString()!, m.GetProperty(content).GetString()!))];

    internal static int[] Ids(JsonElement list) => [.. list.EnumerateArray().Select(id => id.GetInt32())];

    internal static GoldenResult Same(int[] ours, JsonElement theirs, string what)
    {
        int[] expected = Ids(theirs);
        int at = 0;
        while (at < ours.Length && at < expected.Length && ours[at] == expected[at]) at++;
        return GoldenResult.Equal(at == ours.Length && at == expected.Length, $"{what}: {ours.Length} values instead of {expected.Length}, first difference at {at}");
    }

    private static GoldenResult Same(int[][] ours, JsonElement entry, string what)
    {
        JsonElement[] rows = [.. entry.GetProperty(what).EnumerateArray()];
        if (rows.Length != ours.Length) return GoldenResult.Equal(false, $"{what}: {ours.Length} rows instead of {rows.Length}");
        return GoldenResult.All(rows.Select((row, i) => Same(ours[i], row, $"{what}[{i}]")));
    }
}
