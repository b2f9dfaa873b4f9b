using TuneSharp.Tokenizers.Splitting;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Normalization;

/// <summary>Replace: puts a text in place of every match. All of it stands where the last character of the match stood.</summary>
internal sealed class ReplaceNormalizer(SplitPattern pattern, string content) : Normalizer
{
    private readonly byte[] _content = System.Text.Encoding.UTF8.GetBytes(content);

    public override AlignedText Apply(AlignedText text)
    {
        var matches = new List<TextSpan>();
        pattern.FindMatches(text.Bytes, matches, text.Budget);
        if (matches.Count == 0) return text;
        var result = new AlignedTextBuilder(text, text.Length);
        int done = 0;
        foreach (TextSpan match in matches)
        {
            result.Keep(done, match.Start);
            result.Append(_content, match.End - 1);
            done = match.End;
        }
        result.Keep(done, text.Length);
        return result.ToText();
    }
}
