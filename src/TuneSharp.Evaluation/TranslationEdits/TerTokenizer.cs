using System.Text.RegularExpressions;
using TuneSharp.Evaluation.Texts;

namespace TuneSharp.Evaluation.TranslationEdits;

/// <summary>How texts are prepared for TER; the defaults are those of Tercom and sacreBLEU.</summary>
/// <param name="Normalized">Marks are parted from words, XML's escapes are undone.</param>
/// <param name="NoPunctuation">Marks are taken out.</param>
/// <param name="AsianSupport">Chinese characters and marks are treated likewise: without it a Chinese sentence is one word.</param>
public sealed record TerOptions(bool Normalized = false, bool NoPunctuation = false, bool AsianSupport = false, bool CaseSensitive = false)
{
    /// <summary>Names everything that decides about the number, as sacreBLEU's signature of version 2.6.0.</summary>
    public string Signature(int numReferences) =>
        $"nrefs:{numReferences}|case:{(CaseSensitive ? "mixed" : "lc")}|tok:tercom|norm:{(Normalized ? "yes" : "no")}|punct:{(NoPunctuation ? "no" : "yes")}|asian:{(AsianSupport ? "yes" : "no")}|version:2.6.0";
}

/// <summary>Tercom's tokenizer as sacreBLEU has it.</summary>
internal static partial class TerTokenizer
{
    /// <returns>Tokens joined by single blanks.</returns>
    public static string Tokenize(string text, TerOptions options)
    {
        if (!options.CaseSensitive) text = PythonText.Lower(text);
        if (options.Normalized && text.Length > 0)
        {
            text = Western(text);
            if (options.AsianSupport) text = EachAsian().Replace(text, " ${a} ");
        }
        if (options.NoPunctuation)
        {
            text = WesternMark().Replace(text, "");
            if (options.AsianSupport) text = AsianMark().Replace(text, "");
        }
        return string.Join(' ', PythonText.Split(text));
    }

    private static string Western(string text)
    {
        text = text.Replace("\n-", "", StringComparison.Ordinal).Replace('\n', ' ');
        text = text.Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal).Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);
        text = Punctuation().Replace($" {text} ", " ${a} ");
        text = text.Replace("'s ", " 's ", StringComparison.Ordinal);
        text = StopAfterNonDigit().Replace(text, "${a} ${b} ");
        text = StopBeforeNonDigit().Replace(text, " ${a} ${b}");
        return DashAfterDigit().Replace(text, "${a} ${b} ");
    }

    [GeneratedRegex(@"(?<a>[\{-\~\[-\` -\&\(-\+\:-\@\/])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Punctuation();

    [GeneratedRegex(@"(?<a>[^0-9])(?<b>[\.,])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex StopAfterNonDigit();

    [GeneratedRegex(@"(?<a>[\.,])(?<b>[^0-9])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex StopBeforeNonDigit();

    [GeneratedRegex(@"(?<a>[0-9])(?<b>-)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex DashAfterDigit();

    // Ideographs, strokes, radicals, compatibility forms, enclosed letters, and both kinds of marks. Kana stay together, as in
    // sacreBLEU, whose rule for them can only match a text that was not padded before.
    [GeneratedRegex(@"(?<a>[\u4E00-\u9FFF\u3400-\u4DBF\u31C0-\u31EF\u2E80-\u2EFF\u3300-\u33FF\uF900-\uFAFF\uFE30-\uFE4F\u3200-\u3F22\u3001\u3002\u3008-\u3011\u3014-\u301F\uFF61-\uFF65\u30FB\uFF0E\uFF0C\uFF1F\uFF1A\uFF1B\uFF01\uFF02\uFF08\uFF09])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex EachAsian();

    [GeneratedRegex(@"[\.,\?:;!""\(\)]", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex WesternMark();

    [GeneratedRegex(@"[\u3001\u3002\u3008-\u3011\u3014-\u301F\uFF61-\uFF65\u30FB\uFF0E\uFF0C\uFF1F\uFF1A\uFF1B\uFF01\uFF02\uFF08\uFF09]", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex AsianMark();
}
