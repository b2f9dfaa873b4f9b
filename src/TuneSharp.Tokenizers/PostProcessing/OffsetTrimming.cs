using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.PostProcessing;

/// <summary>Takes the blanks at both ends of byte-level tokens out of their offsets (<c>trim_offsets</c>).</summary>
internal static class OffsetTrimming
{
    /// <param name="addPrefixSpace">A blank at the very front may be one that the pre-tokenizer put there: it stays.</param>
    public static DraftToken Trim(DraftToken token, int index, bool addPrefixSpace)
    {
        int leading = CountBlanks(token.Token, fromEnd: false);
        int trailing = CountBlanks(token.Token, fromEnd: true);
        (int start, int end) = token.CodePoints;
        if (leading > 0)
        {
            if (addPrefixSpace && (index == 0 || start == 0)) leading--;
            start = Math.Min(start + leading, end);
        }
        if (trailing > 0 && end >= trailing) end = Math.Max(end - trailing, start);
        return token with { CodePoints = new TextSpan(start, end) };
    }

    private static int CountBlanks(string token, bool fromEnd)
    {
        int count = 0;
        while (count < token.Length)
        {
            char c = fromEnd ? token[^(count + 1)] : token[count];
            if (c != ByteLevelAlphabet.Characters[' '] && !CodePointClasses.IsWhiteSpace(c)) break;
            count++;
        }
        return count;
    }
}

/// <summary>ByteLevel as a post-processor: moves offsets only.</summary>
internal sealed class ByteLevelPostProcessor(bool addPrefixSpace, bool trimOffsets) : PostProcessor
{
    public override List<EncodingDraft> Apply(List<EncodingDraft> parts, bool addSpecialTokens) =>
        trimOffsets ? [.. parts.Select(part => part.Map((token, i) => OffsetTrimming.Trim(token, i, addPrefixSpace)))] : parts;

    public override int CountAdded(bool pair) => 0;
}
