using System.Runtime.InteropServices;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.PostProcessing;

/// <summary>Takes the blanks at both ends of byte-level tokens out of their offsets (<c>trim_offsets</c>).</summary>
internal static class OffsetTrimming
{
    /// <param name="addPrefixSpace">A blank at the very front may be one that the pre-tokenizer put there: it stays.</param>
    public static EncodingDraft Apply(EncodingDraft draft, TokenizerVocabulary vocabulary, bool addPrefixSpace)
    {
        Span<DraftToken> tokens = CollectionsMarshal.AsSpan(draft.Tokens);
        for (int i = 0; i < tokens.Length; i++)
        {
            string spelling = tokens[i].Spelling ?? vocabulary.SpellingOf(tokens[i].Id)!;
            if (spelling.Length == 0 || !(IsBlank(spelling[0]) || IsBlank(spelling[^1]))) continue;
            int leading = CountBlanks(spelling, fromEnd: false);
            int trailing = CountBlanks(spelling, fromEnd: true);
            int start = tokens[i].Start;
            int end = tokens[i].End;
            if (leading > 0)
            {
                if (addPrefixSpace && (i == 0 || start == 0)) leading--;
                start = Math.Min(start + leading, end);
            }
            if (trailing > 0 && end >= trailing) end = Math.Max(end - trailing, start);
            tokens[i] = tokens[i] with { Start = start, End = end };
        }
        foreach (EncodingDraft window in draft.Overflowing) Apply(window, vocabulary, addPrefixSpace);
        return draft;
    }

    private static bool IsBlank(char c) => c == ByteLevelAlphabet.Characters[' '] || CodePointClasses.IsWhiteSpace(c);

    private static int CountBlanks(string token, bool fromEnd)
    {
        int count = 0;
        while (count < token.Length)
        {
            char c = fromEnd ? token[^(count + 1)] : token[count];
            if (!IsBlank(c)) break;
            count++;
        }
        return count;
    }
}

/// <summary>ByteLevel as a post-processor: moves offsets only.</summary>
internal sealed class ByteLevelPostProcessor(bool addPrefixSpace, bool trimOffsets) : PostProcessor
{
    public override List<EncodingDraft> Apply(List<EncodingDraft> parts, TokenizerVocabulary vocabulary, bool addSpecialTokens) =>
        trimOffsets ? [.. parts.Select(part => OffsetTrimming.Apply(part, vocabulary, addPrefixSpace))] : parts;

    public override int CountAdded(bool pair) => 0;
}
