using TuneSharp.Tokenizers.PostProcessing;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers;

/// <summary>Turns what the pipeline recorded into a draft: every token with its place in the text.</summary>
internal static class EncodingBuilder
{
    /// <summary>The tokens of one text, before post-processing.</summary>
    public static EncodingDraft Draft(PipelineWorker worker, TextPositions positions, int sequence)
    {
        ReadOnlySpan<int> ids = worker.Tokens.Ids;
        ReadOnlySpan<int> lengths = worker.Tokens.Lengths;
        var tokens = new List<DraftToken>(ids.Length);
        List<Word> words = worker.Words;
        for (int w = 0; w < words.Count; w++)
        {
            (AlignedText text, int at, int token, bool isAdded) = words[w];
            int last = w + 1 < words.Count ? words[w + 1].FirstToken : ids.Length;
            for (; token < last; token++)
            {
                int end = at + lengths[token];
                int start = positions.CodePoint(text.SourceStart(at));
                int sourceEnd = end > at ? positions.CodePoint(text.SourceEnd(end - 1)) : start; // SentencePiece gives a character's bytes to its last byte token
                tokens.Add(new DraftToken(ids[token], start, sourceEnd, sequence, w, (sbyte)sequence, isAdded || ids[token] == worker.SpelledByText ? TextOf(text, at, end) : null));
                at = end;
            }
        }
        return new EncodingDraft { Tokens = tokens };
    }

    /// <summary>An added token is spelled as it was found: with the blanks that it swallowed, normalized where it is looked for so. Unknown text of a unigram model is too.</summary>
    private static string TextOf(AlignedText text, int start, int end) => System.Text.Encoding.UTF8.GetString(text.Bytes[start..end]);
}
