using System.Globalization;
using TuneSharp.Formats;
using TuneSharp.Formats.Errors;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Splitting.Regexes;

/// <summary>The text of a pattern with a reading position, and the escapes that stand alike inside and outside of brackets.</summary>
internal sealed class PatternText
{
    private readonly int[] _text;
    private readonly string _source;
    private readonly string _where;

    public PatternText(string source, string where)
    {
        _source = source;
        _where = where;
        _text = [.. source.EnumerateRunes().Select(rune => rune.Value)];
    }

    public int At { get; set; }

    public bool IsAtEnd => At >= _text.Length;

    /// <summary>The next character; −1 at the end.</summary>
    public int Next => At < _text.Length ? _text[At] : -1;

    public int Behind(int distance) => At + distance < _text.Length ? _text[At + distance] : -1;

    public int Take() => At < _text.Length ? _text[At++] : throw Error("ends too early");

    public bool TryTake(char c)
    {
        if (Next != c) return false;
        At++;
        return true;
    }

    public bool TryTake(string text)
    {
        for (int i = 0; i < text.Length; i++)
            if (Behind(i) != text[i]) return false;
        At += text.Length;
        return true;
    }

    public InvalidInputException Error(string problem) => new(
        $"The regular expression {Quoted.Text(_source)} {problem} (at character {At + 1}).", _where,
        "Correct the pattern, or get the tokenizer file again.");

    /// <summary>A whole number; −1 when no digit follows.</summary>
    public int TakeNumber(int largest)
    {
        if (Next is not (>= '0' and <= '9')) return -1;
        int number = 0;
        while (Next is >= '0' and <= '9')
        {
            number = number * 10 + (Take() - '0');
            if (number > largest) throw Error($"has a number above {largest}");
        }
        return number;
    }

    /// <summary>What an escape that stands for a set means; null when it stands for something else. The backslash is taken.</summary>
    public CodePointSet? TryTakeSetEscape(bool inBrackets)
    {
        CodePointSet? set = Next switch
        {
            'd' or 'D' => PropertyNames.Digit,
            's' or 'S' => PropertyNames.WhiteSpace,
            'w' or 'W' => inBrackets ? PropertyNames.Word : PropertyNames.WordOutsideBrackets,
            'h' or 'H' => PropertyNames.HexDigit,
            _ => null,
        };
        if (set is not null) return Take() is 'D' or 'S' or 'W' or 'H' ? set.Complement() : set;
        if (Next is not ('p' or 'P') || Behind(1) != '{') return null;
        bool negative = Take() == 'P';
        Take();
        if (TryTake('^')) negative = !negative;
        int start = At;
        while (Next != '}') Take();
        string name = string.Concat(_text[start..At].Select(c => char.ConvertFromUtf32(c)));
        Take();
        set = PropertyNames.Find(name) ?? throw Error($"names a character property that is not known: {Quoted.Text(name)}");
        return negative ? set.Complement() : set;
    }

    /// <summary>The character that an escape stands for. The backslash is taken.</summary>
    public int TakeCharacterEscape()
    {
        int c = Take();
        switch (c)
        {
            case 't': return '\t';
            case 'n': return '\n';
            case 'r': return '\r';
            case 'f': return '\f';
            case 'v': return '\v';
            case 'a': return '\a';
            case 'e': return 0x1B;
            case 'x' when TryTake('{'):
                int wide = TakeHex(1, 6);
                if (!TryTake('}')) throw Error("has an \\x{ without its }");
                return wide;
            case 'x': return TakeHex(1, 2);
            case 'u': return TakeHex(4, 4);
            case '0': return 0;
            case >= 'a' and <= 'z' or >= 'A' and <= 'Z' or >= '1' and <= '9':
                throw Error($"uses \\{(char)c}, which is not supported");
            default: return c;
        }
    }

    private int TakeHex(int least, int most)
    {
        int start = At;
        int value = 0;
        while (At - start < most && Next is (>= '0' and <= '9') or (>= 'a' and <= 'f') or (>= 'A' and <= 'F'))
            value = value * 16 + int.Parse(((char)Take()).ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        if (At - start < least || value > 0x10FFFF) throw Error("has a malformed hexadecimal character");
        return value;
    }
}
