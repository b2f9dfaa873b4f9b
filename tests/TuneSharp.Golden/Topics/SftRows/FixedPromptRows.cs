using System.Text.Json;
using TuneSharp.Data;
using TuneSharp.Data.Prompts;
using TuneSharp.Data.Rendering;
using TuneSharp.Golden.Harness;
using TuneSharp.Tokenizers;

namespace TuneSharp.Golden.Topics.SftRows;

/// <summary>Prompts of fixed wording, learned behind a marker: prompt and answer tokenized apart or together; TRL's response templates.</summary>
internal sealed class FixedPromptRows : ISftRowsFile
{
    public string FileName => "fixed_prompts.json";

    public IEnumerable<GoldenCase> Find(string path, string file, SftTokenizers tokenizers)
    {
        foreach (JsonElement set in GoldenFixtures.ReadJson(path).EnumerateArray())
        {
            string tokenizer = set.GetProperty("tokenizer").GetString()!;
            foreach (JsonElement entry in set.GetProperty("cases").EnumerateArray())
                yield return new GoldenCase($"{file}/{tokenizer}/{entry.GetProperty("id").GetString()}-{entry.GetProperty("format").GetString()}", () => Fixed(tokenizer, entry, tokenizers));
        }
    }

    private static GoldenResult Fixed(string tokenizerName, JsonElement entry, SftTokenizers tokenizers)
    {
        if (tokenizers.Load(tokenizerName) is not { } tokenizer) return GoldenResult.NotBuilt($"The tokenizer {tokenizerName}");
        string text = entry.GetProperty("text").GetString()!;
        var parts = new List<GoldenResult>();
        foreach (JsonElement variant in entry.GetProperty("variants").EnumerateArray())
        {
            DatasetRow row = FixedPrompt.Row(new RowSource("fixed", 1, 0), text, variant.GetProperty("train_only_after").GetString());
            int cutoff = variant.GetProperty("cutoff_len").GetInt32();
            foreach (string way in (string[])["split", "joint"])
            {
                if (!variant.TryGetProperty(way, out JsonElement expected)) continue;
                var options = new RenderingOptions { WholeText = true, TokenizeApart = way == "split", AppendEos = variant.GetProperty("add_eos").GetBoolean() };
                TrainingExample example = new ExampleRenderer(tokenizer, template: null, options).Render(row).Example;
                int length = Math.Min(cutoff, example.Length);
                parts.Add(RecordedIds.Same(example.InputIds[..length], expected.GetProperty("input_ids"), $"{way} input_ids"));
                parts.Add(RecordedIds.Same(example.Labels[..length], expected.GetProperty("labels"), $"{way} labels"));
            }
        }
        if (entry.TryGetProperty("completion_only", out JsonElement collators))
        {
            foreach (JsonElement collator in collators.EnumerateArray())
            {
                int[] template = tokenizer.EncodeIds(collator.GetProperty("response_template").GetString()!);
                int[] ids = RecordedIds.Ids(collator.GetProperty("input_ids"));
                parts.Add(RecordedIds.Same(template, collator.GetProperty("response_ids"), "response_ids"));
                parts.Add(RecordedIds.Same(ResponseTemplateMask.Labels(ids, template), collator.GetProperty("labels"), "completion_only labels"));
            }
        }
        return GoldenResult.All(parts);
    }
}
