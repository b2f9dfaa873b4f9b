using TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Syntax;

/// <summary>
/// Cuts a template into tokens and applies the white space rules of chat templates: <c>trim_blocks</c> and <c>lstrip_blocks</c> are on,
/// <c>-</c> takes away all white space on its side, <c>+</c> keeps it, one line break at the very end is dropped, every line break becomes \n.
/// </summary>
internal sealed partial class Lexer
{
    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private int _position;
    private int _line = 1;

    private Lexer(string source) => _source = source;

    public static IReadOnlyList<Token> Tokenize(string source)
    {
        string text = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var lexer = new Lexer(text.EndsWith('\n') ? text[..^1] : text);
        lexer.ReadTemplate();
        lexer.Add(TokenKind.End, "");
        return lexer._tokens;
    }

    private bool IsAtEnd => _position >= _source.Length;

    private void ReadTemplate()
    {
        bool atLineStart = true;
        while (!IsAtEnd)
        {
            int tag = NextTag(_position);
            if (tag < 0)
            {
                AddData(_source[_position..]);
                _position = _source.Length;
                return;
            }
            ReadTag(tag, atLineStart);
            atLineStart = _source[_position - 1] == '\n';
        }
    }

    /// <summary>Position of the next <c>{{</c>, <c>{%</c> or <c>{#</c>; −1 when there is none.</summary>
    private int NextTag(int from)
    {
        for (int i = _source.IndexOf('{', from); i >= 0 && i + 1 < _source.Length; i = _source.IndexOf('{', i + 1))
            if (_source[i + 1] is '{' or '%' or '#') return i;
        return -1;
    }

    private void ReadTag(int tag, bool atLineStart)
    {
        char kind = _source[tag + 1];
        char sign = tag + 2 < _source.Length && _source[tag + 2] is '-' or '+' ? _source[tag + 2] : '\0';
        AddData(TextBefore(tag, sign, atLineStart, isVariable: kind == '{'));
        CountLines(_position, tag);
        _position = tag + (sign == '\0' ? 2 : 3);
        if (kind == '#') SkipComment();
        else if (kind == '%' && EndOfRawBegin() is int afterRaw) ReadRaw(afterRaw);
        else ReadInside(isVariable: kind == '{');
    }

    /// <summary>The text in front of a tag without the white space that the tag takes away.</summary>
    private string TextBefore(int tag, char sign, bool atLineStart, bool isVariable)
    {
        ReadOnlySpan<char> text = _source.AsSpan(_position, tag - _position);
        if (sign == '-') return text[..CharacterClasses.EndOf(text)].ToString();
        if (sign != '+' && !isVariable)
        {
            int lineStart = text.LastIndexOf('\n') + 1;
            if ((lineStart > 0 || atLineStart) && CharacterClasses.EndOf(text[lineStart..]) == 0) return text[..lineStart].ToString();
        }
        return text.ToString();
    }

    private void SkipComment()
    {
        int end = _source.IndexOf("#}", _position, StringComparison.Ordinal);
        if (end < 0) throw JinjaException.Syntax("A comment is not closed: '#}' is missing.", _line);
        bool strips = end > _position && _source[end - 1] == '-';
        bool keeps = end > _position && _source[end - 1] == '+';
        MoveTo(end + 2);
        SkipAfterTag(strips, keeps);
    }

    /// <summary>White space behind a block or comment: all of it after <c>-</c>, one line break otherwise, none after <c>+</c>.</summary>
    private void SkipAfterTag(bool strips, bool keeps)
    {
        int next = _position;
        if (strips) while (next < _source.Length && CharacterClasses.IsSpace(_source[next])) next++;
        else if (!keeps && next < _source.Length && _source[next] == '\n') next++;
        MoveTo(next);
    }

    /// <summary>Position behind <c>raw %}</c> when that is what stands here.</summary>
    private int? EndOfRawBegin()
    {
        int i = SkipSpace(_position);
        if (string.CompareOrdinal(_source, i, "raw", 0, 3) != 0) return null;
        i = SkipSpace(i + 3);
        if (i < _source.Length && _source[i] == '-' && string.CompareOrdinal(_source, i + 1, "%}", 0, 2) == 0) return SkipSpace(i + 3);
        return string.CompareOrdinal(_source, i, "%}", 0, 2) == 0 ? i + 2 : null;
    }

    private void ReadRaw(int start)
    {
        int openedOn = _line;
        MoveTo(start);
        bool atLineStart = _source[_position - 1] == '\n';
        for (int tag = _source.IndexOf("{%", start, StringComparison.Ordinal); tag >= 0; tag = _source.IndexOf("{%", tag + 2, StringComparison.Ordinal))
        {
            int i = tag + 2;
            char sign = i < _source.Length && _source[i] is '-' or '+' ? _source[i++] : '\0';
            i = SkipSpace(i);
            if (string.CompareOrdinal(_source, i, "endraw", 0, 6) != 0) continue;
            i = SkipSpace(i + 6);
            char endSign = i < _source.Length && _source[i] is '-' or '+' ? _source[i++] : '\0';
            if (string.CompareOrdinal(_source, i, "%}", 0, 2) != 0) continue;
            AddData(TextBefore(tag, sign, atLineStart, isVariable: false));
            MoveTo(i + 2);
            SkipAfterTag(endSign == '-', endSign == '+');
            return;
        }
        throw JinjaException.Syntax("A raw block is not closed: '{% endraw %}' is missing.", openedOn);
    }

    private int SkipSpace(int position)
    {
        while (position < _source.Length && CharacterClasses.IsSpace(_source[position])) position++;
        return position;
    }

    private void AddData(string text)
    {
        if (text.Length > 0) Add(TokenKind.Data, text);
    }

    private void Add(TokenKind kind, string text) => _tokens.Add(new Token(kind, text, _line));

    private void MoveTo(int position)
    {
        CountLines(_position, position);
        _position = position;
    }

    private void CountLines(int from, int to) => _line += _source.AsSpan(from, to - from).Count('\n');
}
