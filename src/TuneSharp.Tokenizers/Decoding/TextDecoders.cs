using System.Text;
using TuneSharp.Tokenizers.Splitting;

namespace TuneSharp.Tokenizers.Decoding;

/// <summary>Replace: in each token, every match becomes another text.</summary>
internal sealed class ReplaceDecoder(SplitPattern pattern, string content) : TokenDecoder
{
    public override List<string> Apply(List<string> tokens) => [.. tokens.Select(Replace)];

    private string Replace(string token)
    {
        if (pattern is LiteralPattern literal) return token.Replace(literal.Literal, content, StringComparison.Ordinal);
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(token);
        var matches = new List<TextSpan>();
        pattern.FindMatches(bytes, matches, new Text.TextBudget(bytes.Length));
        if (matches.Count == 0) return token;
        var text = new StringBuilder(token.Length);
        int done = 0;
        foreach (TextSpan match in matches)
        {
            text.Append(System.Text.Encoding.UTF8.GetString(bytes, done, match.Start - done)).Append(content);
            done = match.End;
        }
        return text.Append(System.Text.Encoding.UTF8.GetString(bytes, done, bytes.Length - done)).ToString();
    }
}

/// <summary>Strip: takes up to <paramref name="start"/> and <paramref name="stop"/> characters off the ends of each token.</summary>
internal sealed class StripDecoder(Rune content, int start, int stop) : TokenDecoder
{
    private readonly string _content = content.ToString();

    public override List<string> Apply(List<string> tokens) => [.. tokens.Select(Strip)];

    private string Strip(string token)
    {
        ReadOnlySpan<char> text = token;
        for (int i = 0; i < start && text.StartsWith(_content); i++) text = text[_content.Length..];
        for (int i = 0; i < stop && text.EndsWith(_content); i++) text = text[..^_content.Length];
        return text.ToString();
    }
}

/// <summary>Metaspace: its sign is a blank; in the first token it is dropped.</summary>
internal sealed class MetaspaceDecoder(string sign, bool dropsFirst) : TokenDecoder
{
    public override List<string> Apply(List<string> tokens) =>
        [.. tokens.Select((token, i) => token.Replace(sign, i == 0 && dropsFirst ? "" : " ", StringComparison.Ordinal))];
}

/// <summary>BPEDecoder: the suffix ends a word; behind the last token there is no blank.</summary>
internal sealed class SuffixDecoder(string suffix) : TokenDecoder
{
    public override List<string> Apply(List<string> tokens) =>
        suffix.Length == 0 ? tokens : [.. tokens.Select((token, i) => token.Replace(suffix, i == tokens.Count - 1 ? "" : " ", StringComparison.Ordinal))];
}

/// <summary>WordPiece: a blank before each token that does not continue a word, and English punctuation drawn together if asked.</summary>
internal sealed class WordPieceDecoder(string prefix, bool cleanUp) : TokenDecoder
{
    public override List<string> Apply(List<string> tokens)
    {
        var result = new List<string>(tokens.Count);
        for (int i = 0; i < tokens.Count; i++)
        {
            string token = tokens[i];
            if (i > 0) token = token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
            result.Add(cleanUp ? EnglishCleanUp.Apply(token) : token);
        }
        return result;
    }
}

/// <summary>CTC: equal neighbours are one, padding is nothing, the delimiter is a blank.</summary>
internal sealed class CtcDecoder(string pad, string delimiter, bool cleanUp) : TokenDecoder
{
    public override List<string> Apply(List<string> tokens)
    {
        var result = new List<string>();
        string? last = null;
        foreach (string token in tokens)
        {
            if (token == last) continue;
            last = token;
            string text = pad.Length == 0 ? token : token.Replace(pad, "", StringComparison.Ordinal);
            if (cleanUp)
            {
                text = EnglishCleanUp.Apply(text);
                if (delimiter.Length > 0) text = text.Replace(delimiter, " ", StringComparison.Ordinal);
            }
            if (text.Length > 0) result.Add(text);
        }
        return result;
    }
}

/// <summary>Takes out the blanks that word tokenizers leave before English punctuation and contractions.</summary>
internal static class EnglishCleanUp
{
    private static readonly (string From, string To)[] s_rules =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't"),
        (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    public static string Apply(string text)
    {
        foreach ((string from, string to) in s_rules) text = text.Replace(from, to, StringComparison.Ordinal);
        return text;
    }
}
