using System.Globalization;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Syntax;

/// <summary>Tokens inside <c>{{ }}</c> and <c>{% %}</c>.</summary>
internal sealed partial class Lexer
{
    private static readonly string[] s_operators = ["//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"];

    private void ReadInside(bool isVariable)
    {
        string end = isVariable ? "}}" : "%}";
        Add(isVariable ? TokenKind.VariableBegin : TokenKind.BlockBegin, "");
        var open = new Stack<char>();
        while (true)
        {
            MoveTo(SkipSpace(_position));
            if (IsAtEnd) return;
            if (open.Count == 0 && IsTagEnd(end, isVariable, out bool strips, out bool keeps))
            {
                Add(isVariable ? TokenKind.VariableEnd : TokenKind.BlockEnd, "");
                MoveTo(_position + end.Length + (strips || keeps ? 1 : 0));
                SkipAfterTag(strips, keeps || isVariable);
                return;
            }
            ReadToken(open);
        }
    }

    private bool IsTagEnd(string end, bool isVariable, out bool strips, out bool keeps)
    {
        strips = _source[_position] == '-' && IsHere(end, 1);
        keeps = !isVariable && _source[_position] == '+' && IsHere(end, 1);
        return strips || keeps || IsHere(end);
    }

    private bool IsHere(string text, int offset = 0) => string.CompareOrdinal(_source, _position + offset, text, 0, text.Length) == 0;

    private void ReadToken(Stack<char> open)
    {
        char c = _source[_position];
        if (char.IsAsciiDigit(c)) ReadNumber();
        else if (c is '\'' or '"') ReadText(c);
        else if (CharacterClasses.StartsIdentifier(CodePoints.At(_source, _position))) ReadName();
        else if (Array.Find(s_operators, sign => IsHere(sign)) is string sign)
        {
            Balance(sign[0], open);
            Add(TokenKind.Operator, sign);
            MoveTo(_position + sign.Length);
        }
        else throw JinjaException.Syntax($"The character '{c}' has no meaning here.", _line);
    }

    private void Balance(char sign, Stack<char> open)
    {
        if (sign is '(' or '[' or '{') open.Push(sign switch { '(' => ')', '[' => ']', _ => '}' });
        if (sign is not (')' or ']' or '}')) return;
        if (open.Count == 0) throw JinjaException.Syntax($"'{sign}' closes nothing.", _line);
        char expected = open.Pop();
        if (expected != sign) throw JinjaException.Syntax($"'{sign}' is in the place of '{expected}'.", _line);
    }

    private void ReadName()
    {
        int end = _position;
        while (end < _source.Length && CharacterClasses.ContinuesIdentifier(CodePoints.At(_source, end))) end += CodePoints.WidthAt(_source, end);
        Add(TokenKind.Name, _source[_position..end]);
        _position = end;
    }

    private void ReadText(char quote)
    {
        int end = _position + 1;
        while (end < _source.Length && _source[end] != quote) end += _source[end] == '\\' ? 2 : 1;
        if (end >= _source.Length) throw JinjaException.Syntax($"A text literal is not closed: {quote} is missing.", _line);
        Add(TokenKind.Text, EscapeSequences.Resolve(_source[(_position + 1)..end], _line));
        MoveTo(end + 1);
    }

    private void ReadNumber()
    {
        int start = _position;
        int end = RadixPrefix(start) is int radix ? EndOfDigits(start + 2, c => IsDigitOf(c, radix), mayStartWithUnderscore: true) : 0;
        bool isFloat = false;
        if (end <= start + 2)
        {
            end = EndOfDigits(start, char.IsAsciiDigit);
            bool afterPoint = start > 0 && _source[start - 1] == '.';
            if (!afterPoint) end = EndOfFloat(end, out isFloat);
            if (!isFloat && _source[start] == '0') end = EndOfDigits(start, c => c == '0');
        }
        string digits = _source[start..end].Replace("_", "", StringComparison.Ordinal);
        if (digits.Length > IntegerValue.MaxDigits) throw JinjaException.Syntax($"A number has more than {IntegerValue.MaxDigits} digits.", _line);
        Value value = isFloat ? new FloatValue(double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture)) : IntegerValue.Of(Radix.Parse(digits, 0)!.Value);
        _tokens.Add(new Token(TokenKind.Number, digits, _line, value));
        _position = end;
    }

    private int EndOfFloat(int integerEnd, out bool isFloat)
    {
        int end = integerEnd;
        if (end + 1 < _source.Length && _source[end] == '.' && char.IsAsciiDigit(_source[end + 1])) end = EndOfDigits(end + 1, char.IsAsciiDigit);
        if (end < _source.Length && _source[end] is 'e' or 'E')
        {
            int digits = end + 1;
            if (digits < _source.Length && _source[digits] is '+' or '-') digits++;
            if (digits < _source.Length && char.IsAsciiDigit(_source[digits])) end = EndOfDigits(digits, char.IsAsciiDigit);
        }
        isFloat = end > integerEnd;
        return end;
    }

    private int? RadixPrefix(int start)
    {
        if (_source[start] != '0' || start + 1 >= _source.Length) return null;
        return char.ToLowerInvariant(_source[start + 1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => null };
    }

    private static bool IsDigitOf(char c, int radix) => radix == 16 ? char.IsAsciiHexDigit(c) : char.IsAsciiDigit(c) && c - '0' < radix;

    /// <summary>Digits with single underscores between them.</summary>
    private int EndOfDigits(int position, Func<char, bool> isDigit, bool mayStartWithUnderscore = false)
    {
        int end = position;
        while (end < _source.Length)
        {
            int next = _source[end] == '_' && (end > position || mayStartWithUnderscore) ? end + 1 : end;
            if (next >= _source.Length || !isDigit(_source[next])) break;
            end = next + 1;
        }
        return end;
    }
}
