using TuneSharp.Data;
using TuneSharp.Formats;

namespace TuneSharp.Application.Languages;

/// <summary>
/// Says in another language what the layers below say in English. They know of no language: their sentences are
/// recognised by the templates of <c>messages.zh.tsv</c>. What no template fits stays English; names, paths, keys and numbers
/// stay as they are.
/// </summary>
public sealed class MessageTranslations
{
    private static readonly Lazy<MessageTranslations> s_chinese = new(() =>
    {
        using Stream stream = typeof(MessageTranslations).Assembly.GetManifestResourceStream("messages.zh.tsv")!;
        return Read(new StreamReader(stream));
    });

    private readonly Dictionary<char, MessageTemplate[]> _byFirst;
    private readonly MessageTemplate[] _withHoleFirst;

    private MessageTranslations(IReadOnlyList<MessageTemplate> templates)
    {
        Templates = templates;
        MessageTemplate[] sorted = [.. templates.OrderByDescending(template => template.Weight).ThenByDescending(template => template.Source.Length - 3 * template.NumHoles)];
        _byFirst = sorted.Where(template => template.First is not null).GroupBy(template => template.First!.Value).ToDictionary(group => group.Key, group => group.ToArray());
        _withHoleFirst = [.. sorted.Where(template => template.First is null)];
    }

    /// <summary>Read when the first message is translated.</summary>
    public static MessageTranslations Chinese => s_chinese.Value;

    /// <summary>English sentences and phrases that are known, as they stand in the table.</summary>
    public IEnumerable<string> Known => Templates.Select(template => template.Source);

    internal IReadOnlyList<MessageTemplate> Templates { get; }

    /// <param name="text">One or several sentences, a place with a colon before them or not; or a phrase.</param>
    public string Translate(string text) => new SentenceTranslation(this).Translate(text);

    /// <summary>The error as it is shown: place, problem, next step.</summary>
    public string Translate(InvalidInputException error) => Translate(error.Where, error.Problem, error.NextStep);

    /// <summary>The problem as it is shown: place, reason, fix.</summary>
    public string Translate(DataProblem problem) => Translate(problem.Where.Length == 0 ? null : problem.Where, problem.Why, problem.Fix);

    /// <summary>Reads a table: source, tab, translation; lines that begin with # are comments.</summary>
    internal static MessageTranslations Read(TextReader table)
    {
        List<MessageTemplate> templates = [];
        while (table.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#') continue;
            string[] columns = line.Split('\t');
            if (columns.Length != 2) throw new FormatException($"A line has two columns, not: {line}");
            templates.Add(new MessageTemplate(Unescape(columns[0]), Unescape(columns[1])));
        }

        return new MessageTranslations(templates);
    }

    /// <returns>Templates that fit the whole of a text, those with the most literal text first.</returns>
    internal List<(MessageTemplate Template, string[] Captured)> Matches(ReadOnlySpan<char> text, int most)
    {
        List<(MessageTemplate Template, string[] Captured)> matches = [];
        if (text.IsEmpty) return matches;
        Match(_byFirst.GetValueOrDefault(text[0], []), text, most, matches);
        Match(_withHoleFirst, text, most, matches);
        return matches;
    }

    private static void Match(MessageTemplate[] sorted, ReadOnlySpan<char> text, int most, List<(MessageTemplate, string[])> matches)
    {
        int found = 0;
        foreach (MessageTemplate template in sorted)
        {
            if (template.Match(text) is not { } captured) continue;
            matches.Add((template, captured));
            if (++found == most) return;
        }
    }

    private string Translate(string? where, string problem, string? nextStep)
    {
        var translation = new SentenceTranslation(this);
        string text = translation.Translate(problem);
        if (nextStep is not null) text = ChineseText.Join(text, translation.Translate(nextStep));
        return where is null ? text : translation.Place(where) + "：" + text;
    }

    private static string Unescape(string text) => !text.Contains('\\') ? text
        : text.Replace(@"\\", "\0", StringComparison.Ordinal).Replace(@"\n", "\n", StringComparison.Ordinal).Replace(@"\t", "\t", StringComparison.Ordinal).Replace('\0', '\\');
}
