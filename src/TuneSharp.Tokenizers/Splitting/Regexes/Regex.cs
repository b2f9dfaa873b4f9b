using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Splitting.Regexes;

/// <summary>
/// A regular expression from a tokenizer file. Own engine: .NET's sees UTF-16 units (no letter beyond U+FFFF is a <c>\p{L}</c>),
/// has other tables and another syntax. Works on code points, with the tables and rules of <see cref="RegexParser"/>.
/// </summary>
internal sealed class Regex
{
    private readonly RegexProgram _program;
    private readonly string _where;

    private Regex(RegexProgram program, string where)
    {
        _program = program;
        _where = where;
    }

    /// <exception cref="Formats.InvalidInputException">The pattern is malformed or uses what is not supported.</exception>
    public static Regex Parse(string pattern, string where) => new(new RegexProgram(RegexParser.Parse(pattern, where), where), where);

    /// <summary>Appends all matches in bytes of the text. An empty match right behind another match does not count, and an empty text has none.</summary>
    /// <exception cref="Formats.InvalidInputException">The pattern took too much time.</exception>
    public void FindMatches(ReadOnlySpan<byte> text, List<TextSpan> matches, TextBudget budget)
    {
        if (text.Length == 0) return; // the reference never asks the expression here
        int count = Utf8.CountCharacters(text);
        int[] characters = new int[count];
        int[] bytes = new int[count + 1];
        int number = 0;
        for (int at = 0; at < text.Length; number++)
        {
            bytes[number] = at;
            characters[number] = Utf8.Decode(text, at, out int length);
            at += length;
        }
        bytes[count] = text.Length;
        var machine = new RegexMachine(_program, characters, budget, _where);
        int from = 0;
        int lastEnd = -1;
        while (from <= count && machine.Find(from, out int start, out int end))
        {
            if (start == end && end == lastEnd)
            {
                from = end + 1;
                continue;
            }
            matches.Add(new TextSpan(bytes[start], bytes[end]));
            from = lastEnd = end;
        }
    }
}
