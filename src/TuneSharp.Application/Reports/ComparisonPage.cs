using TuneSharp.Application.Comparing;
using TuneSharp.Application.Recipes;
using TuneSharp.Inference.Sampling;

namespace TuneSharp.Application.Reports;

/// <summary>Answers of several models to the same prompts, side by side.</summary>
internal sealed class ComparisonPage(Comparison comparison, ReportLanguage language, DateTimeOffset now)
{
    private readonly ReportWording _words = new(language);

    public string Write()
    {
        string version = typeof(ComparisonPage).Assembly.GetName().Version?.ToString(3) ?? "";
        return ReportPage.Write(_words, $"{_words.Comparison} · TuneSharp", _words.MadeBy(version, now.ToString("yyyy-MM-dd HH:mm")), html =>
        {
            html.Leaf("h1", _words.Comparison);
            html.Leaf("p", string.Join(" · ", comparison.Models), ("class", "soft"));
            html.Leaf("p", _words.Prompts(comparison.Rows.Count, Path.GetFileName(comparison.Prompts)), ("class", "soft"));
            var sections = new AnswerSections(html, _words);
            foreach (ComparedPrompt row in comparison.Rows)
                sections.WriteAnswer(row.Prompt, row.Reference, comparison.Models.Zip(row.Answers, (name, answer) => (name, answer.Text, (string?)null)));
            ReportPage.Section(html, _words.Sampling, () => ReportPage.Table(html, null, int.MaxValue,
                typeof(SamplingSettings).GetProperties().Where(property => property.CanWrite).Select(property => (IReadOnlyList<Cell>)[System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name), SettingValue.Write(property.GetValue(comparison.Sampling))])));
        });
    }
}
