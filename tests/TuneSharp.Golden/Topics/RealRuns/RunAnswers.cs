using System.Text.Json;
using TuneSharp.Golden.Harness;
using TuneSharp.Inference.Generation;
using TuneSharp.Inference.Sampling;
using TuneSharp.Models;
using TuneSharp.Tokenizers;

namespace TuneSharp.Golden.Topics.RealRuns;

/// <summary>The greedy answers that a run recorded: to free prompts in the run's own file, or to the first evaluation rows in NAME.predictions.</summary>
internal sealed class RunAnswers
{
    private const int EndToken = 2;

    private readonly Tokenizer? _tokenizer;
    private readonly List<int[]> _prompts = [];
    private readonly int _most;

    public RunAnswers(RecordedRun run, string modelFolder)
    {
        if (run.Json.TryGetProperty("greedy_before", out JsonElement greedy))
        {
            _tokenizer = Tokenizer.Load(modelFolder);
            _most = greedy.EnumerateArray().Max(entry => entry.GetProperty("ids").GetArrayLength());
            _prompts.AddRange(greedy.EnumerateArray().Select(entry => _tokenizer.EncodeIds(entry.GetProperty("prompt").GetString()!, addSpecialTokens: true)));
        }
        else if (Predictions(run) is { } predictions)
        {
            _tokenizer = Tokenizer.Load(modelFolder);
            _most = 64;
            Dictionary<string, JsonElement> rows = run.EvalData.EnumerateArray().ToDictionary(row => row.GetProperty("id").GetString()!);
            foreach (JsonElement entry in predictions.EnumerateArray())
            {
                JsonElement row = rows[entry.GetProperty("id").GetString()!];
                _prompts.Add([.. row.GetProperty("ids").EnumerateArray().Take(row.GetProperty("prompt").GetInt32()).Select(id => id.GetInt32())]);
            }
        }
    }

    /// <summary>The recorded answers to evaluation rows; null: the run has none.</summary>
    public static JsonElement? Predictions(RecordedRun run)
    {
        string path = Path.Combine(run.Folder, "runs", run.Name + ".predictions.json.gz");
        return File.Exists(path) ? GoldenFixtures.ReadJson(path) : null;
    }

    /// <summary>Ids of each answer, the end token included; none where the run has no answers.</summary>
    public IReadOnlyList<int[]> Write(ICausalLm model)
    {
        if (_tokenizer is null) return [];
        using var generator = new TextGenerator(model, _tokenizer, [EndToken]);
        var answers = new List<int[]>();
        foreach (int[][] chunk in _prompts.Chunk(10))
            answers.AddRange(generator.GenerateBatch(chunk, SamplingSettings.Greedy(_most)).Select(text => text.Ids.ToArray()));
        return answers;
    }
}
