using System.Text.Json;
using TuneSharp.Data;
using TuneSharp.Evaluation.Losses;
using TuneSharp.Golden.Harness;
using TuneSharp.Golden.Topics.Training;
using TuneSharp.Inference.Generation;
using TuneSharp.Inference.Sampling;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Tokenizers;

namespace TuneSharp.Golden.Topics.RealRuns;

/// <summary>smollm2_reference.json: the untouched model on passages (each token's log-probability) and its greedy answers to chats.</summary>
internal static class ReferenceModelCases
{
    private const string ModelName = "smollm2-135m-instruct", FileName = "smollm2_reference.json.gz";
    private const double LogProbabilityTolerance = 1e-3;

    public static IEnumerable<GoldenCase> Find(string folder)
    {
        JsonElement root = GoldenFixtures.ReadJson(Path.Combine(folder, FileName));
        string? model = RecordedModel.Find(ModelName, folder);
        var loaded = new Lazy<ICausalLm>(() => RecordedModel.Load(model!));
        foreach (string part in (string[])["passages", "chats"])
        {
            int number = 0;
            foreach (JsonElement entry in root.GetProperty(part).EnumerateArray())
                yield return new GoldenCase($"{FileName}/{part}/{number++:00}", () => model is null ? GoldenResult.Equal(false, $"The model {ModelName} is not here.")
                    : part == "passages" ? Passage(loaded.Value, entry) : Chat(loaded.Value, model, entry))
                { Quick = false };
        }
    }

    private static GoldenResult Passage(ICausalLm model, JsonElement entry)
    {
        int[] ids = RunComparison.Ids(entry);
        double[] expected = RunComparison.Numbers(entry.GetProperty("token_logprobs"));
        float[] nats = new float[ids.Length - 1];
        using (var scope = TorchSharp.torch.NewDisposeScope())
        using (TokenBatch batch = TokenBatch.FromRows([ids], [ids]))
        using (Workspace workspace = model.CreateWorkspace())
        using (var tape = new Tape(workspace, recording: false))
            tape.CrossEntropy(model.Hidden(tape, batch), model.Head, batch, 1, nats);
        if (expected.Length != nats.Length) return GoldenResult.Equal(false, $"{nats.Length} log-probabilities instead of {expected.Length}");
        return GoldenResult.All([RecordedRows.Absolute(CorpusLoss.Measure(model, [new TrainingExample(ids, ids)]).Loss, entry.GetProperty("mean_nll").GetDouble(), 1e-4, "mean loss"),
            .. expected.Select((logProbability, i) => RecordedRows.Absolute(-nats[i], logProbability, LogProbabilityTolerance, $"token {i + 1}"))]);
    }

    private static GoldenResult Chat(ICausalLm model, string folder, JsonElement entry)
    {
        using var generator = new TextGenerator(model, Tokenizer.Load(folder), [2]);
        int[] prompt = [.. entry.GetProperty("prompt_ids").EnumerateArray().Select(id => id.GetInt32())];
        return RunComparison.UpToUnsure([.. generator.Generate(prompt, SamplingSettings.Greedy(64)).Ids], entry, "answer");
    }
}
