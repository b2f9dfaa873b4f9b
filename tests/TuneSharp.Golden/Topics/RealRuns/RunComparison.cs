using System.Text.Json;
using TuneSharp.Evaluation.Losses;
using TuneSharp.Golden.Harness;
using TuneSharp.Golden.Topics.Training;
using TuneSharp.Training.Loop;

namespace TuneSharp.Golden.Topics.RealRuns;

/// <summary>A repeated run against the recorded one, with the tolerances of the recording's README.</summary>
internal static class RunComparison
{
    public const double EarlyLossTolerance = 2e-4, LateLossTolerance = 1e-3;

    private const double NormTolerance = 1e-3, EvalTolerance = 1e-3;
    private const int EarlySteps = 20;

    /// <summary>Two best logits that are nearer than this may change places by rounding: from there on texts may differ.</summary>
    private const double SureMargin = 2e-3;

    public static GoldenResult InitialValues(RecordedRun run) => GoldenResult.All(run.Json.GetProperty("initial_values").EnumerateObject().SelectMany(tensor =>
    {
        long[] shape = [.. tensor.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
        float[] values = FormulaValues.Of(tensor.Name, run.Seed, 1 / Math.Sqrt(shape[^1]), shape.Aggregate((a, b) => a * b));
        float[] first = [.. tensor.Value.GetProperty("first").EnumerateArray().Select(value => value.GetSingle())];
        return (GoldenResult[])[GoldenTensors.Close(values.AsSpan(0, first.Length), first, 0, tensor.Name), RecordedRows.Absolute(values.Sum(v => (double)v), tensor.Value.GetProperty("sum").GetDouble(), 1e-6, tensor.Name + ": sum")];
    }));

    public static GoldenResult Curve(RecordedRun run, IReadOnlyList<StepCompleted> steps, bool whole)
    {
        GoldenResult curve = Curve(Numbers(run.Curve("loss")), Numbers(run.Curve("grad_norm")), Numbers(run.Curve("lr")), steps, whole);
        if (!whole || !run.Json.TryGetProperty("trainer_loss", out JsonElement trainer)) return curve;
        return GoldenResult.All([curve, .. steps.Zip(Numbers(trainer), (step, loss) => RecordedRows.Absolute(step.Loss, loss, step.Step <= EarlySteps ? EarlyLossTolerance : LateLossTolerance, $"Trainer's loss of step {step.Step}"))]);
    }

    public static GoldenResult Curve(double[] losses, double[] norms, double[] rates, IReadOnlyList<StepCompleted> steps, bool whole)
    {
        List<GoldenResult> results = [GoldenResult.Equal(whole ? steps.Count == losses.Length : steps.Count > 0, $"{steps.Count} steps instead of {losses.Length}")];
        for (int i = 0; i < steps.Count; i++)
        {
            results.Add(RecordedRows.Absolute(steps[i].Loss, losses[i], i < EarlySteps ? EarlyLossTolerance : LateLossTolerance, $"loss of step {i + 1}"));
            results.Add(RecordedRows.Relative(steps[i].GradNorm, norms[i], NormTolerance, $"gradient norm of step {i + 1}"));
            results.Add(RecordedRows.Absolute(steps[i].LearningRate, rates[i], 1e-12, $"learning rate of step {i + 1}"));
        }
        return GoldenResult.All(results);
    }

    public static GoldenResult Evaluation(RecordedRun run, RunReplay replay)
    {
        List<GoldenResult> results = [Loss(replay.EvalBefore!, run.Json.GetProperty("eval_before"), "before"), Loss(replay.EvalAfter!, run.Json.GetProperty("eval_after"), "after")];
        if (run.Json.TryGetProperty("plain_before", out JsonElement before)) results.Add(Loss(replay.PlainBefore!, before, "of plain text before"));
        if (run.Json.TryGetProperty("plain_after", out JsonElement after)) results.Add(Loss(replay.PlainAfter!, after, "of plain text after"));
        return GoldenResult.All(results);
    }

    public static GoldenResult Loss(CorpusLossResult found, JsonElement expected, string when) => GoldenResult.All(
    [
        RecordedRows.Absolute(found.Loss, expected.GetProperty("loss").GetDouble(), EvalTolerance, $"loss {when}"),
        GoldenResult.Equal(found.NumTokens == expected.GetProperty("tokens").GetInt64(), $"{found.NumTokens} tokens {when}"),
    ]);

    public static GoldenResult Norms(RecordedRun run, IReadOnlyDictionary<string, double> norms) => Norms(run.Json.GetProperty("norms_after"), norms);

    public static GoldenResult Norms(JsonElement recorded, IReadOnlyDictionary<string, double> norms)
    {
        JsonProperty[] expected = [.. recorded.EnumerateObject()];
        return GoldenResult.All([GoldenResult.Equal(norms.Count == expected.Length, $"{norms.Count} trained tensors instead of {expected.Length}"),
            .. expected.Select(tensor => norms.TryGetValue(tensor.Name, out double norm) ? RecordedRows.Relative(norm, tensor.Value.GetDouble(), NormTolerance, tensor.Name) : GoldenResult.Equal(false, tensor.Name + " was not trained"))]);
    }

    public static GoldenResult Greedy(RecordedRun run, RunReplay replay) => GoldenResult.All(
    [
        .. run.Json.GetProperty("greedy_before").EnumerateArray().Select((entry, i) => UpToUnsure(replay.AnswersBefore[i], entry, $"text {i} before")),
        .. run.Json.GetProperty("greedy_after").EnumerateArray().Select((entry, i) => UpToUnsure(replay.AnswersAfter[i], entry, $"text {i} after")),
    ]);

    /// <summary>Before training the model is the recorded one: sure answers are the same. Afterwards <c>rouge</c> judges.</summary>
    public static GoldenResult Predictions(JsonElement predictions, RunReplay replay)
    {
        JsonElement[] all = [.. predictions.EnumerateArray()];
        if (replay.AnswersBefore.Count != all.Length || replay.AnswersAfter.Count != all.Length) return GoldenResult.Equal(false, $"{replay.AnswersAfter.Count} answers instead of {all.Length}");
        return GoldenResult.All(all.Select((entry, i) =>
        {
            JsonElement before = entry.GetProperty("before");
            bool sure = before.GetProperty("min_margin").GetDouble() > SureMargin;
            return GoldenResult.Equal(!sure || replay.AnswersBefore[i].SequenceEqual(Ids(before)), $"answer {i} before training");
        }));
    }

    /// <summary>The same ids up to the first that two logits contended for.</summary>
    public static GoldenResult UpToUnsure(int[] found, JsonElement entry, string what)
    {
        int[] expected = Ids(entry);
        double[] margins = Numbers(entry.GetProperty("margins"));
        int sure = Array.FindIndex(margins, margin => margin < SureMargin) is >= 0 and var first ? first : expected.Length;
        bool same = found.Take(sure).SequenceEqual(expected.Take(sure)) && (sure < expected.Length || found.Length == expected.Length);
        return GoldenResult.Equal(same, $"{what}: differs at {found.Zip(expected).TakeWhile(pair => pair.First == pair.Second).Count()}");
    }

    public static int[] Ids(JsonElement entry) => [.. entry.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];

    public static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetDouble())];
}
