using System.Globalization;
using System.Text;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Syntax;

/// <summary>Python's escapes in text literals; a backslash before anything else stays.</summary>
internal static class EscapeSequences
{
    public static string Resolve(string literal, int line)
    {
        if (!literal.Contains('\\')) return literal;
        var text = new StringBuilder(literal.Length);
        for (int i = 0; i < literal.Length; i++)
        {
            if (literal[i] != '\\')
            {
                text.Append(literal[i]);
                continue;
            }
            i++;
            switch (literal[i])
            {
                case '\n': break;
                case 'a': text.Append('\a'); break;
                case 'b': text.Append('\b'); break;
                case 'f': text.Append('\f'); break;
                case 'n': text.Append('\n'); break;
                case 'r': text.Append('\r'); break;
                case 't': text.Append('\t'); break;
                case 'v': text.Append('\v'); break;
                case '\\' or '\'' or '"': text.Append(literal[i]); break;
                case 'x': i = Hexadecimal(literal, i, 2, text, line); break;
                case 'u': i = Hexadecimal(literal, i, 4, text, line); break;
                case 'U': i = Hexadecimal(literal, i, 8, text, line); break;
                case 'N': throw JinjaException.Syntax("The escape \\N{name} is not supported: write the character itself or \\u with its number.", line);
                case >= '0' and <= '7':
                    int end = i;
                    int code = 0;
                    while (end < literal.Length && end < i + 3 && literal[end] is >= '0' and <= '7') code = (code * 8) + literal[end++] - '0';
                    CodePoints.Append(text, code);
                    i = end - 1;
                    break;
                default: text.Append('\\').Append(literal[i]); break;
            }
        }
        return text.ToString();
    }

    private static int Hexadecimal(string literal, int at, int numDigits, StringBuilder text, int line)
    {
        if (at + numDigits < literal.Length)
        {
            ReadOnlySpan<char> digits = literal.AsSpan(at + 1, numDigits);
            if (uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code) && code <= 0x10FFFF)
            {
                CodePoints.Append(text, (int)code);
                return at + numDigits;
            }
        }
        throw JinjaException.Syntax($"The escape \\{literal[at]} needs {numDigits} hexadecimal digits of a character.", line);
    }
}
