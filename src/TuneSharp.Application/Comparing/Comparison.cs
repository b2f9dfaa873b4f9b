using System.Text.Json;
using TuneSharp.Application.Reports;
using TuneSharp.Application.Runs;
using TuneSharp.Formats.Files;
using TuneSharp.Inference.Generation;
using TuneSharp.Inference.Sampling;

namespace TuneSharp.Application.Comparing;

/// <summary>Answers of a base model and of adapters on it to the same prompts.</summary>
/// <param name="Model">The base as the person called it.</param>
/// <param name="Prompts">The file of the prompts.</param>
/// <param name="Sampling">How each answered; prompt r draws with seed + r, whoever answers.</param>
/// <param name="Models">Names of the columns: the base first.</param>
public sealed record Comparison(int Version, DateTimeOffset Time, string Model, string Prompts, SamplingSettings Sampling, IReadOnlyList<string> Models, IReadOnlyList<ComparedPrompt> Rows)
{
    public const int CurrentVersion = 1;

    public string ToJson() => JsonSerializer.Serialize(this, RunJson.Indented) + "\n";

    public string ToHtml(ReportLanguage language, DateTimeOffset now) => new ComparisonPage(this, language, now).Write();

    /// <summary>A page for people if the name ends in .html, else JSON.</summary>
    public void Write(string path, ReportLanguage language, DateTimeOffset now) =>
        AtomicFile.WriteText(path, Path.GetExtension(path).ToLowerInvariant() is ".html" or ".htm" ? ToHtml(language, now) : ToJson());
}

/// <param name="Answers">One for each of the models.</param>
public sealed record ComparedPrompt(string Prompt, string? Reference, IReadOnlyList<ComparedAnswer> Answers);

/// <param name="Tokens">Generated tokens, an end token included.</param>
/// <param name="Finish">Why the answer ended.</param>
public sealed record ComparedAnswer(string Text, int Tokens, FinishReason Finish);
