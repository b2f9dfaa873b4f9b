using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using TuneSharp.Evaluation.Texts;

namespace TuneSharp.Evaluation.Bleu;

/// <summary>sacreBLEU's tokenizers: a score without the name of its tokenizer means nothing.</summary>
public enum BleuTokenization
{
    /// <summary>mteval-v13a, the default for European languages.</summary>
    V13a,

    /// <summary>mteval-v14: splits at every punctuation mark and symbol of Unicode.</summary>
    International,

    /// <summary>Blanks only.</summary>
    None,

    /// <summary>Each Chinese character is a token, the rest goes by the rules for western texts.</summary>
    Chinese,

    /// <summary>Each character is a token.</summary>
    Character,
}

/// <summary>Divides a line into tokens joined by single blanks.</summary>
public static partial class BleuTokenizer
{
    // As sacreBLEU lists them. Two of its ranges are written with five digits after \u, which Python reads as a four-digit
    // character and a letter: U+2001 to U+2A6D and U+2F81 to U+2FA1 count as Chinese, the supplementary planes do not.
    private static readonly (int First, int Last)[] s_chinese =
    [
        (0x3400, 0x4DB5), (0x4E00, 0x9FA5), (0x9FA6, 0x9FBB), (0xF900, 0xFA2D), (0xFA30, 0xFA6A), (0xFA70, 0xFAD9), (0x2001, 0x2A6D), (0x2F81, 0x2FA1), (0xFF00, 0xFFEF), (0x2E80, 0x2EFF), (0x3000, 0x303F),
        (0x31C0, 0x31EF), (0x2F00, 0x2FDF), (0x2FF0, 0x2FFF), (0x3100, 0x312F), (0x31A0, 0x31BF), (0xFE10, 0xFE1F), (0xFE30, 0xFE4F), (0x2600, 0x26FF), (0x2700, 0x27BF), (0x3200, 0x32FF), (0x3300, 0x33FF),
    ];

    public static string Tokenize(string line, BleuTokenization tokenization) => tokenization switch
    {
        BleuTokenization.V13a => V13a(line),
        BleuTokenization.International => International(line),
        BleuTokenization.Chinese => Chinese(line),
        BleuTokenization.Character => string.Join(' ', CodePoints.Of(line)),
        _ => line,
    };

    /// <summary>As it stands in signatures and settings.</summary>
    public static string NameOf(BleuTokenization tokenization) => tokenization switch
    {
        BleuTokenization.V13a => "13a",
        BleuTokenization.International => "intl",
        BleuTokenization.Chinese => "zh",
        BleuTokenization.Character => "char",
        _ => "none",
    };

    private static string V13a(string line)
    {
        line = line.Replace("<skipped>", "", StringComparison.Ordinal).Replace("-\n", "", StringComparison.Ordinal).Replace('\n', ' ');
        line = line.Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal).Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);
        return Western($" {line} ");
    }

    private static string Western(string line)
    {
        line = Punctuation().Replace(line, " ${a} ");
        line = StopAfterNonDigit().Replace(line, "${a} ${b} ");
        line = StopBeforeNonDigit().Replace(line, " ${a} ${b}");
        line = DashAfterDigit().Replace(line, "${a} ${b} ");
        return string.Join(' ', PythonText.Split(line));
    }

    private static string Chinese(string line)
    {
        var spaced = new StringBuilder();
        foreach (char c in PythonText.Trim(line))
        {
            if (Array.Exists(s_chinese, range => c >= range.First && c <= range.Last)) spaced.Append(' ').Append(c).Append(' ');
            else spaced.Append(c);
        }
        return Western(spaced.ToString());
    }

    // Three passes over code points: a mark behind a non-number, a mark before a non-number, a symbol. Each pass consumes what
    // it matched, as a regular expression does.
    private static string International(string line)
    {
        List<string> points = CodePoints.Of(line);
        points = Pairs(points, (a, b) => !IsNumber(a) && IsPunctuation(b), (a, b) => [a, " ", b, " "]);
        points = Pairs(points, (a, b) => IsPunctuation(a) && !IsNumber(b), (a, b) => [" ", a, " ", b]);
        return string.Join(' ', PythonText.Split(string.Concat(points.Select(point => IsSymbol(point) ? $" {point} " : point))));
    }

    private static List<string> Pairs(List<string> points, Func<string, string, bool> matches, Func<string, string, string[]> replacement)
    {
        var replaced = new List<string>(points.Count * 2);
        for (int i = 0; i < points.Count; i++)
        {
            if (i + 1 < points.Count && matches(points[i], points[i + 1])) replaced.AddRange(replacement(points[i], points[++i]));
            else replaced.Add(points[i]);
        }
        return replaced;
    }

    private static UnicodeCategory Category(string point) => CharUnicodeInfo.GetUnicodeCategory(CodePoints.ValueOf(point));

    private static bool IsNumber(string point) => Category(point) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    private static bool IsPunctuation(string point) => Category(point) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation;

    private static bool IsSymbol(string point) => Category(point) is >= UnicodeCategory.MathSymbol and <= UnicodeCategory.OtherSymbol;

    [GeneratedRegex(@"(?<a>[\{-\~\[-\` -\&\(-\+\:-\@\/])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Punctuation();

    [GeneratedRegex(@"(?<a>[^0-9])(?<b>[\.,])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex StopAfterNonDigit();

    [GeneratedRegex(@"(?<a>[\.,])(?<b>[^0-9])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex StopBeforeNonDigit();

    [GeneratedRegex(@"(?<a>[0-9])(?<b>-)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex DashAfterDigit();
}
