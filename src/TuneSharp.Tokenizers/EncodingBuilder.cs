using TuneSharp.Tokenizers.PostProcessing;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers;

/// <summary>Turns what the pipeline recorded into drafts and drafts into encodings with offsets in all three units.</summary>
internal static class EncodingBuilder
{
    /// <summary>The tokens of one text, before post-processing.</summary>
    public static EncodingDraft Draft(PipelineWorker worker, TextPositions positions, TokenizerVocabulary vocabulary, int sequence)
    {
        ReadOnlySpan<int> ids = worker.Tokens.Ids;
        ReadOnlySpan<int> lengths = worker.Tokens.Lengths;
        var tokens = new List<DraftToken>(ids.Length);
        List<Word> words = worker.Words;
        for (int w = 0; w < words.Count; w++)
        {
            (AlignedText text, int at, int token) = words[w];
            int last = w + 1 < words.Count ? words[w + 1].FirstToken : ids.Length;
            for (; token < last; token++)
            {
                int end = at + lengths[token];
                var span = new TextSpan(positions.CodePoint(text.SourceStart(at)), positions.CodePoint(text.SourceEnd(end - 1)));
                tokens.Add(new DraftToken(ids[token], vocabulary.SpellingOf(ids[token])!, span, sequence, w, sequence, Inserted: false));
                at = end;
            }
        }
        return new EncodingDraft { Tokens = tokens };
    }

    public static Encoding Finish(EncodingDraft draft, IReadOnlyList<TextPositions> texts)
    {
        List<DraftToken> tokens = draft.Tokens;
        int count = tokens.Count;
        var encoding = new Encoding
        {
            Ids = new int[count],
            Tokens = new string[count],
            Offsets = new TextSpan[count],
            CodePointOffsets = new TextSpan[count],
            ByteOffsets = new TextSpan[count],
            TypeIds = new int[count],
            SpecialTokensMask = new int[count],
            AttentionMask = new int[count],
            WordIds = new int?[count],
            SequenceIds = new int?[count],
            Overflowing = [.. draft.Overflowing.Select(window => Finish(window, texts))],
        };
        for (int i = 0; i < count; i++)
        {
            DraftToken token = tokens[i];
            encoding.Ids[i] = token.Id;
            encoding.Tokens[i] = token.Token;
            encoding.TypeIds[i] = token.TypeId;
            encoding.SpecialTokensMask[i] = token.Inserted ? 1 : 0;
            encoding.AttentionMask[i] = token.Padding ? 0 : 1;
            encoding.WordIds[i] = token.Word < 0 ? null : token.Word;
            encoding.SequenceIds[i] = token.Sequence < 0 ? null : token.Sequence;
            encoding.CodePointOffsets[i] = token.CodePoints;
            if (token.Sequence < 0) continue;
            TextPositions positions = texts[token.Sequence];
            (int start, int end) = token.CodePoints;
            encoding.ByteOffsets[i] = new TextSpan(positions.ByteOf(start), positions.ByteOf(end));
            encoding.Offsets[i] = new TextSpan(positions.Utf16Of(start), positions.Utf16Of(end));
        }
        return encoding;
    }
}
