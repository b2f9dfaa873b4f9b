using System.Text.Json;
using TuneSharp.Application.Runs;
using TuneSharp.Evaluation.Answers;
using TuneSharp.Evaluation.Metrics;
using TuneSharp.Formats;
using TuneSharp.Formats.Files;
using TuneSharp.Inference.Sampling;

namespace TuneSharp.Application.Measuring;

/// <summary>
/// A measurement as a file: one column a model, each with its numbers and answers. Written by <c>eval --out</c>, and into the
/// folder of a run that was measured, whose report shows it.
/// </summary>
/// <param name="Data">The dataset that was measured on.</param>
/// <param name="Sampling">How the answers were written; null for classifiers, which write none.</param>
public sealed record EvaluationFile(int Version, DateTimeOffset Time, string Data, SamplingSettings? Sampling, IReadOnlyList<MeasuredModel> Models)
{
    public const int CurrentVersion = 1;

    public static EvaluationFile Of(IReadOnlyList<EvaluationResult> results, EvaluationRequest request, DateTimeOffset time) =>
        new(CurrentVersion, time, request.Data.Dataset!, results.All(result => result.IsClassifier) ? null : request.Sampling ?? SamplingSettings.Greedy(request.MaxNewTokens), [.. results.Select(MeasuredModel.Of)]);

    /// <summary>Classes or values were predicted; no answer was written.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool OfClassifiers => Sampling is null;

    /// <exception cref="InvalidInputException">The file is no measurement, or one of a newer version.</exception>
    public static EvaluationFile Read(string path)
    {
        const long MaxBytes = 1L << 30;
        try
        {
            EvaluationFile file = JsonSerializer.Deserialize<EvaluationFile>(RegularFile.ReadAll(path, MaxBytes), RunJson.Compact) ?? throw new JsonException("It is empty.");
            if (file.Version > CurrentVersion) throw new InvalidInputException($"The measurement has version {file.Version}; this program reads up to {CurrentVersion}.", path, "Use a newer version of the program.");
            return file.Models is null || file.Models.Any(model => model?.Numbers is null || model.Rows is null) ? throw new JsonException("Models without numbers or rows.") : file;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new InvalidInputException("This is not a measurement that can be read.", path, "Measure again with `tunesharp eval`.", e);
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, RunJson.Indented) + "\n";

    public void Write(string path) => AtomicFile.WriteText(path, ToJson());

    /// <summary>
    /// One line an answer, as LLaMA-Factory's generated_predictions.jsonl (<c>prompt</c>, <c>predict</c>, <c>label</c>), with
    /// the model's name and the score beside them.
    /// </summary>
    public void WriteAnswers(string path) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        foreach (MeasuredModel model in Models)
        {
            foreach (MeasuredAnswer row in model.Rows)
                writer.WriteLine(JsonSerializer.Serialize(new { prompt = row.Question, predict = row.Answer, label = row.Reference, model = model.Name, score = row.Score }, RunJson.Compact));
        }
    });
}

/// <summary>One model's column.</summary>
/// <param name="Numbers">By name.</param>
/// <param name="RowMetric">What the rows' scores are.</param>
/// <param name="Classes">Of a classifier, class by class; null for other models and for values.</param>
public sealed record MeasuredModel(string Name, int NumRows, long LabelledTokens, int LeftOut, TextLanguage Language, TimeSpan Elapsed, IReadOnlyList<MeasuredValue> Numbers, string? RowMetric, bool RowHigherIsBetter, IReadOnlyList<MeasuredAnswer> Rows, MeasuredClasses? Classes = null)
{
    public static MeasuredModel Of(EvaluationResult result) => new(result.Name, result.Rows, result.LabelledTokens, result.LeftOut, result.Language, result.Elapsed,
        [.. result.Numbers.Select(number => new MeasuredValue(number.Name, number.Value, number.Number.Scale, number.Number.HigherIsBetter))], result.RowMetric, result.RowHigherIsBetter,
        [.. result.Answers.Select((answer, row) => MeasuredAnswer.Of(answer, result.RowScores.Count > row ? result.RowScores[row] : null))], result.Classes);

    /// <summary>Positions of the rows from the worst to the best.</summary>
    public IReadOnlyList<int> FromWorst => [.. Rows.Select((row, i) => (Score: RowHigherIsBetter ? row.Score : -row.Score, i)).Where(pair => pair.Score is not null).OrderBy(pair => pair.Score).Select(pair => pair.i)];
}

public sealed record MeasuredValue(string Name, double Value, MetricScale Scale, bool? HigherIsBetter);

public sealed record MeasuredAnswer(string Question, string Reference, string Answer, double? Score)
{
    public static MeasuredAnswer Of(GeneratedAnswer answer, double? score) => new(answer.Question, answer.Reference, answer.Answer.Trim(), score);
}
