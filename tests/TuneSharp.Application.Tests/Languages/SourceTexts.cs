using System.Text;

namespace TuneSharp.Application.Tests.Languages;

/// <summary>A text that stands in the source: a literal, or several that are added up; what is put in at run time is {0}, {1}, …</summary>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Calls">Names of the calls whose arguments it stands in, from the outermost; <c>[</c> for an attribute.</param>
/// <param name="Inside">The text in whose hole it stands; null if in none.</param>
internal sealed record SourceText(int Line, string Template, IReadOnlyList<string> Calls, string? Inside);

/// <summary>Finds the texts of a C# file: a scanner that knows literals, comments and brackets, and nothing else of the language.</summary>
internal sealed class SourceTexts
{
    private readonly string _source;
    private readonly List<SourceText> _found = [];
    private readonly List<string> _calls = [];
    private int _at;

    private SourceTexts(string source) => _source = source;

    public static IReadOnlyList<SourceText> Read(string source)
    {
        var texts = new SourceTexts(source);
        texts.Scan(texts._source.Length);
        return texts._found;
    }

    private void Scan(int end)
    {
        while (_at < end)
        {
            char c = _source[_at];
            if (Starts("//")) Skip("\n");
            else if (Starts("/*")) Skip("*/");
            else if (c == '\'') SkipCharacter();
            else if (IsText(_at)) ReadSum();
            else
            {
                if (c is '(' or '[' or '{') _calls.Add(c == '(' ? NameBefore(_at) : c == '[' && IsAttribute(_at) ? "[" : "");
                else if (c is ')' or ']' or '}' && _calls.Count > 0) _calls.RemoveAt(_calls.Count - 1);
                _at++;
            }
        }
    }

    /// <summary>One literal, or several with + between them; another operand of the sum is a hole.</summary>
    private void ReadSum()
    {
        int begin = _at;
        List<string?> parts = [];
        if (Before(begin) == '+') parts.Add(null);
        bool isRaw = false;
        while (true)
        {
            int literal = parts.Count;
            isRaw |= ReadLiteral(parts);
            int next = SkipBlanks(_at);
            if (next >= _source.Length || _source[next] != '+') break;
            int operand = SkipBlanks(next + 1);
            if (!IsText(operand))
            {
                parts.Add(null);
                break;
            }

            _at = operand;
            if (literal == parts.Count) parts.Add("");
        }

        if (!isRaw) Add(begin, parts, null);
    }

    private void Add(int begin, List<string?> parts, string? inside)
    {
        var template = new StringBuilder();
        int holes = 0;
        bool inHole = false;
        foreach (string? part in parts)
        {
            if (part is null && !inHole) template.Append('{').Append(holes++).Append('}');
            else template.Append(part);
            inHole = part is null || inHole && part.Length == 0;
        }

        _found.Add(new SourceText(_source.AsSpan(0, begin).Count('\n') + 1, template.ToString().Trim(' '), [.. _calls.Where(call => call.Length > 0)], inside));
    }

    /// <returns>True for a raw literal, which holds code or data.</returns>
    private bool ReadLiteral(List<string?> parts)
    {
        int dollars = 0, quotes = 0;
        bool isVerbatim = false;
        for (; _source[_at] != '"'; _at++)
        {
            if (_source[_at] == '$') dollars++;
            else isVerbatim = true;
        }

        while (_at + quotes < _source.Length && _source[_at + quotes] == '"') quotes++;
        if (quotes >= 3)
        {
            string closing = new('"', quotes);
            _at += quotes;
            Skip(closing);
            return true;
        }

        _at++;
        var text = new StringBuilder();
        int first = _found.Count;
        while (_source[_at] != '"' || isVerbatim && _source[_at + 1] == '"')
        {
            char c = _source[_at];
            if (c == '"' || dollars > 0 && c is '{' or '}' && _source[_at + 1] == c) _at++; // written twice
            else if (c == '\\' && !isVerbatim)
            {
                text.Append(Escaped());
                continue;
            }
            else if (dollars > 0 && c == '{')
            {
                parts.Add(text.ToString());
                parts.Add(null);
                text.Clear();
                _at++;
                ReadHole();
                continue;
            }

            text.Append(c);
            _at++;
        }

        _at++;
        parts.Add(text.ToString());
        for (int i = first; i < _found.Count; i++) _found[i] = _found[i] with { Inside = string.Concat(parts.Select(part => part ?? "{}")) };
        return false;
    }

    private void ReadHole()
    {
        int depth = 0;
        while (true)
        {
            char c = _source[_at];
            if (IsText(_at))
            {
                ReadSum();
                continue;
            }

            if (c == '\'')
            {
                SkipCharacter();
                continue;
            }

            if (c is '(' or '[' or '{') depth++;
            else if (c is ')' or ']') depth--;
            else if (c == '}' && depth-- == 0)
            {
                _at++;
                return;
            }

            _at++;
        }
    }

    private string Escaped()
    {
        char c = _source[_at + 1];
        _at += 2;
        if (c is not ('u' or 'x')) return c switch { 'n' => "\n", 't' => "\t", 'r' => "\r", '0' => "\0", _ => c.ToString() };
        int from = _at;
        while (_at < from + 4 && char.IsAsciiHexDigit(_source[_at])) _at++;
        return ((char)Convert.ToInt32(_source[from.._at], 16)).ToString();
    }

    private bool IsText(int at)
    {
        while (at < _source.Length && _source[at] is '$' or '@') at++;
        return at < _source.Length && _source[at] == '"';
    }

    private bool Starts(string what) => string.CompareOrdinal(_source, _at, what, 0, what.Length) == 0;

    private void Skip(string closing)
    {
        int end = _source.IndexOf(closing, _at + 1, StringComparison.Ordinal);
        _at = end < 0 ? _source.Length : end + closing.Length;
    }

    private void SkipCharacter()
    {
        _at += _source[_at + 1] == '\\' ? 3 : 2;
        while (_source[_at] != '\'') _at++;
        _at++;
    }

    private int SkipBlanks(int at)
    {
        while (at < _source.Length && char.IsWhiteSpace(_source[at])) at++;
        return at;
    }

    private char Before(int at)
    {
        while (at > 0 && char.IsWhiteSpace(_source[at - 1])) at--;
        return at > 0 ? _source[at - 1] : '\0';
    }

    /// <summary>"new InvalidInputException", "context.Error"</summary>
    private string NameBefore(int at)
    {
        int from = at;
        while (from > 0 && (char.IsLetterOrDigit(_source[from - 1]) || _source[from - 1] is '_' or '.')) from--;
        bool isNew = from > 4 && _source[(from - 4)..from] == "new ";
        return isNew ? _source[(from - 4)..at] : _source[from..at];
    }

    private bool IsAttribute(int at) => Before(at) is ';' or '{' or '}' or ']' or ')' or '\0' or '>' or ',' or '(' && at + 1 < _source.Length && char.IsAsciiLetterUpper(_source[at + 1]);
}
