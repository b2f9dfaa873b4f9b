using TuneSharp.Application.Models;
using TuneSharp.Data;
using TuneSharp.Data.Rendering;
using TuneSharp.Evaluation.Answers;
using TuneSharp.Evaluation.Losses;
using TuneSharp.Evaluation.Metrics;
using TuneSharp.Formats;
using TuneSharp.Inference.Generation;
using TuneSharp.Inference.Sampling;
using TuneSharp.Models.Settings;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Application.Measuring;

/// <summary>Measures models on the rows of a file: their loss, and what their answers to each row's last turn are worth.</summary>
public sealed class EvaluateModels(TimeProvider clock)
{
    /// <param name="progress">Told how many answers of how many are written.</param>
    /// <exception cref="InvalidInputException">Data or model cannot be used.</exception>
    public EvaluationResult Execute(ModelReference reference, EvaluationRequest request, Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        using LoadedModel loaded = LoadedModel.Load(reference, new ModelSettings(), request.Threads);
        return Execute(loaded, ReadRows(request.Data), request, progress, cancellation);
    }

    /// <summary>All rows of the file; the first that cannot be used ends the measurement.</summary>
    public static IReadOnlyList<DatasetRow> ReadRows(DataSettings data)
    {
        IEnumerable<DatasetRow> rows = DatasetReader.Open(data.Dataset!, RowReading.From(data)).Read();
        List<DatasetRow> read = [.. data.MaxSamples is { } most ? rows.Take(most) : rows];
        return read.Count > 0 ? read : throw new InvalidInputException("The file has no row to measure on.", data.Dataset);
    }

    /// <summary>The same for a model that is loaded and rows that are read.</summary>
    public EvaluationResult Execute(LoadedModel loaded, IReadOnlyList<DatasetRow> rows, EvaluationRequest request, Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        long start = clock.GetTimestamp();
        ExampleRenderer renderer = loaded.Text.CreateRenderer(RenderingOptions.From(request.Data, clock));
        List<(DatasetRow Row, TrainingExample Example)> fitting = [.. rows.Select(row => (row, renderer.Render(row).Example)).Where(pair => pair.Example.Length <= loaded.Text.Context)];
        CorpusLossResult loss = CorpusLoss.Measure(loaded.Model, [.. fitting.Select(pair => pair.Example)], cancellation: cancellation);
        List<ConversationRow> conversations = [.. fitting.Select(pair => pair.Row).OfType<ConversationRow>().Where(row => row.Turns is [.., { Message.Role: "assistant" }])];
        MetricSelection metrics = request.Generate ? request.Metrics : request.Metrics.LossOnly;
        List<GeneratedAnswer> answers = metrics.Answers.Count > 0 && conversations.Count > 0 ? Answer(loaded, renderer, conversations, request, progress, cancellation) : [];
        double? exact = answers.Count == 0 ? null : ExactMatch.Share([.. answers.Select(answer => (answer.Answer, answer.Reference))]);
        ScoredAnswer[] scored = [.. answers.Select(answer => new ScoredAnswer(answer.Answer.Trim(), [answer.Reference.Trim()]))];
        TextLanguage language = request.Language == TextLanguage.Auto ? MetricCatalog.LanguageOf(answers.Select(answer => answer.Reference)) : request.Language;
        Metric? rowMetric = scored.Length == 0 ? null : RowMetric(metrics.Answers);
        return new EvaluationResult(loaded.Reference.Name, loss.NumRows, loss.NumTokens, loss.Loss, loss.Perplexity, exact, answers, rows.Count - fitting.Count)
        {
            Numbers = [.. LossNumbers(loss, metrics.Loss, () => LabelledBytes(loaded, fitting)), .. scored.Length == 0 ? [] : metrics.Answers.SelectMany(metric => metric.Numbers.Zip(metric.OfAll(scored, request.Language), (number, value) => new MeasuredNumber(number, value)))],
            RowMetric = rowMetric?.Numbers[rowMetric.Name == "rouge" ? 2 : 0].Name,
            RowScores = rowMetric is null ? [] : [.. scored.Select(row => rowMetric.OfOne!(row, request.Language))],
            RowHigherIsBetter = rowMetric?.Numbers[0].HigherIsBetter != false,
            Language = language,
            Elapsed = clock.GetElapsedTime(start),
        };
    }

    // A measure with degrees tells rows apart better than one that says yes or no.
    private static Metric? RowMetric(IReadOnlyList<Metric> chosen)
    {
        Metric[] rating = [.. chosen.Where(metric => metric.OfOne is not null && metric.Numbers[0].HigherIsBetter is not null)];
        return rating.FirstOrDefault(metric => metric.Name is not ("exact_match" or "squad_em")) ?? rating.FirstOrDefault();
    }

    private static IEnumerable<MeasuredNumber> LossNumbers(CorpusLossResult loss, IReadOnlyList<string> names, Func<long> bytes) => names.Select(name => new MeasuredNumber(
        new MetricNumber(name, MetricScale.Plain, HigherIsBetter: false), name switch { "perplexity" => loss.Perplexity, "bits_per_byte" => loss.Nats / Math.Log(2) / bytes(), _ => loss.Loss }));

    // UTF-8 bytes of what the labels say; special tokens, which stand for no text, have none.
    private static long LabelledBytes(LoadedModel loaded, List<(DatasetRow Row, TrainingExample Example)> rows) => rows.Sum(row =>
        (long)System.Text.Encoding.UTF8.GetByteCount(loaded.Text.Tokenizer.Decode([.. row.Example.Labels.Where(label => label >= 0)])));

    private static List<GeneratedAnswer> Answer(LoadedModel loaded, ExampleRenderer renderer, List<ConversationRow> rows, EvaluationRequest request, Action<int, int>? progress, CancellationToken cancellation)
    {
        using var generator = new TextGenerator(loaded.Model, loaded.Text.Tokenizer, loaded.EndIds);
        SamplingSettings sampling = request.Sampling ?? SamplingSettings.Greedy(request.MaxNewTokens);
        var answers = new List<GeneratedAnswer>(rows.Count);
        foreach (ConversationRow[] chunk in rows.Chunk(request.BatchSize))
        {
            IReadOnlyList<int>[] prompts = [.. chunk.Select(row => loaded.Text.Tokenizer.EncodeIds(renderer.RenderPrompt([.. row.Messages.SkipLast(1)], row.Tools)))];
            // Row r of the file draws with seed + r, whatever the size of a batch.
            IReadOnlyList<GeneratedText> texts = generator.GenerateBatch(prompts, sampling with { Seed = (sampling.Seed + answers.Count) & long.MaxValue }, cancellation: cancellation);
            cancellation.ThrowIfCancellationRequested();
            for (int i = 0; i < chunk.Length; i++)
                answers.Add(new GeneratedAnswer(Question(chunk[i].Messages), chunk[i].Messages[^1].Content, texts[i].Text));
            progress?.Invoke(answers.Count, rows.Count);
        }

        return answers;
    }

    private static string Question(IReadOnlyList<ChatMessage> messages) => messages.LastOrDefault(message => message.Role == "user")?.Content ?? "";
}
