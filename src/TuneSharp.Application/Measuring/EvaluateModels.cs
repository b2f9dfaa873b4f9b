using TuneSharp.Application.Models;
using TuneSharp.Data;
using TuneSharp.Data.Rendering;
using TuneSharp.Evaluation.Answers;
using TuneSharp.Evaluation.Losses;
using TuneSharp.Formats;
using TuneSharp.Inference.Generation;
using TuneSharp.Inference.Sampling;
using TuneSharp.Models.Settings;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Application.Measuring;

/// <summary>What to measure.</summary>
/// <param name="Data">Dataset, format, system text.</param>
/// <param name="MaxNewTokens">Longest answer that is generated.</param>
/// <param name="Generate">False measures the loss only.</param>
/// <param name="BatchSize">Answers that are written at once.</param>
public sealed record EvaluationRequest(DataSettings Data, int MaxNewTokens = 128, bool Generate = true, int BatchSize = 16, int? Threads = null);

/// <summary>One line of the table.</summary>
/// <param name="Loss">Mean over the labelled tokens, nats per token.</param>
/// <param name="ExactMatch">Share of rows whose generated answer equals the reference, 0 to 1; null if none was generated.</param>
/// <param name="Answers">Generated answers in the order of the rows.</param>
/// <param name="LeftOut">Rows that are longer than the model's context.</param>
public sealed record EvaluationResult(string Name, int Rows, long LabelledTokens, double Loss, double Perplexity, double? ExactMatch, IReadOnlyList<GeneratedAnswer> Answers, int LeftOut);

/// <summary>Measures models on the rows of a file: loss, perplexity, and exact match of greedy answers to each row's last turn.</summary>
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
        ExampleRenderer renderer = loaded.Text.CreateRenderer(RenderingOptions.From(request.Data, clock));
        List<(DatasetRow Row, TrainingExample Example)> fitting = [.. rows.Select(row => (row, renderer.Render(row).Example)).Where(pair => pair.Example.Length <= loaded.Text.Context)];
        CorpusLossResult loss = CorpusLoss.Measure(loaded.Model, [.. fitting.Select(pair => pair.Example)], cancellation: cancellation);
        List<ConversationRow> conversations = [.. fitting.Select(pair => pair.Row).OfType<ConversationRow>().Where(row => row.Turns is [.., { Message.Role: "assistant" }])];
        List<GeneratedAnswer> answers = request.Generate && conversations.Count > 0 ? Answer(loaded, renderer, conversations, request, progress, cancellation) : [];
        double? exact = answers.Count == 0 ? null : ExactMatch.Share([.. answers.Select(answer => (answer.Answer, answer.Reference))]);
        return new EvaluationResult(loaded.Reference.Name, loss.NumRows, loss.NumTokens, loss.Loss, loss.Perplexity, exact, answers, rows.Count - fitting.Count);
    }

    private static List<GeneratedAnswer> Answer(LoadedModel loaded, ExampleRenderer renderer, List<ConversationRow> rows, EvaluationRequest request, Action<int, int>? progress, CancellationToken cancellation)
    {
        using var generator = new TextGenerator(loaded.Model, loaded.Text.Tokenizer, loaded.EndIds);
        SamplingSettings greedy = SamplingSettings.Greedy(request.MaxNewTokens);
        var answers = new List<GeneratedAnswer>(rows.Count);
        foreach (ConversationRow[] chunk in rows.Chunk(request.BatchSize))
        {
            IReadOnlyList<int>[] prompts = [.. chunk.Select(row => loaded.Text.Tokenizer.EncodeIds(renderer.RenderPrompt([.. row.Messages.SkipLast(1)], row.Tools)))];
            IReadOnlyList<GeneratedText> texts = generator.GenerateBatch(prompts, greedy, cancellation: cancellation);
            cancellation.ThrowIfCancellationRequested();
            for (int i = 0; i < chunk.Length; i++)
                answers.Add(new GeneratedAnswer(Question(chunk[i].Messages), chunk[i].Messages[^1].Content, texts[i].Text));
            progress?.Invoke(answers.Count, rows.Count);
        }

        return answers;
    }

    private static string Question(IReadOnlyList<ChatMessage> messages) => messages.LastOrDefault(message => message.Role == "user")?.Content ?? "";
}
