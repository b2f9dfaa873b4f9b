using System.Text;
using TuneSharp.Formats;
using TuneSharp.Formats.Errors;

namespace TuneSharp.Data.RowFormats;

/// <summary>How columns become a question and an answer: the settings <c>prompt_format</c> and <c>answer_column</c>.</summary>
/// <param name="Answer">The column that is learned.</param>
/// <param name="Parts">The prompt format cut at its placeholders: text, then column or null.</param>
public sealed record ColumnMapping(string Answer, IReadOnlyList<(string Text, string? Column)> Parts)
{
    /// <summary>Every column that a row must have, the answer last.</summary>
    public IReadOnlyList<string> Columns { get; } = [.. Parts.Select(part => part.Column).OfType<string>().Where(column => column != Answer).Distinct(), Answer];

    /// <summary>The prompt format holds the answer: it is the whole text, and no chat template is put around it.</summary>
    public bool IsWholeText => Parts.Any(part => part.Column == Answer);

    /// <param name="promptFormat">A text with {column} in it; {{ and }} are single braces.</param>
    /// <param name="answerColumn">Name of the column with the answer.</param>
    /// <remarks>Where the text holds no line break of its own, \n stands for one: command lines cannot hold line breaks easily.</remarks>
    /// <exception cref="InvalidInputException">A brace is not closed, or no column stands in the format.</exception>
    public static ColumnMapping Parse(string promptFormat, string answerColumn)
    {
        promptFormat = RowReading.WithLineBreaks(promptFormat)!;
        var parts = new List<(string, string?)>();
        var text = new StringBuilder();
        for (int i = 0; i < promptFormat.Length; i++)
        {
            char c = promptFormat[i];
            if (c is '{' or '}' && i + 1 < promptFormat.Length && promptFormat[i + 1] == c)
            {
                text.Append(c);
                i++;
                continue;
            }
            if (c == '}') throw Wrong("holds a closing brace without an opening one");
            if (c != '{')
            {
                text.Append(c);
                continue;
            }
            int end = promptFormat.IndexOf('}', i);
            if (end < 0) throw Wrong("holds a brace that is not closed");
            string column = promptFormat[(i + 1)..end].Trim();
            if (column.Length == 0) throw Wrong("holds empty braces");
            parts.Add((text.ToString(), column));
            text.Clear();
            i = end;
        }
        parts.Add((text.ToString(), null));
        if (parts.Count(part => part.Item2 == answerColumn) > 1) throw Wrong($"holds the answer column {Quoted.Text(answerColumn)} twice");
        if (!parts.Exists(part => part.Item2 is not null && part.Item2 != answerColumn)) throw Wrong("names no column besides the answer");
        return new ColumnMapping(answerColumn, parts);

        static InvalidInputException Wrong(string what) => new($"prompt_format {what}.", "prompt_format", "Write columns as {dialogue}, and a brace itself as {{ or }}.");
    }

    /// <summary>The question and the answer of a row.</summary>
    /// <param name="values">A text for every one of <see cref="Columns"/>.</param>
    public (string Prompt, string Answer) Apply(IReadOnlyDictionary<string, string> values)
    {
        StringBuilder prompt = new(), behind = new();
        bool answered = false;
        foreach ((string text, string? column) in Parts)
        {
            (answered ? behind : prompt).Append(text);
            if (column == Answer) answered = true;
            else if (column is not null) (answered ? behind : prompt).Append(values[column]);
        }
        return (prompt.ToString(), values[Answer] + behind);
    }
}
