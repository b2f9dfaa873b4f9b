namespace TuneSharp.Tokenizers.PostProcessing;

/// <summary>RobertaProcessing: <c>&lt;s&gt; A &lt;/s&gt;</c>, and <c>&lt;/s&gt; B &lt;/s&gt;</c> behind it. All type ids are 0.</summary>
internal sealed class RobertaPostProcessor((int Id, string Token) start, (int Id, string Token) end, bool addPrefixSpace, bool trimOffsets) : PostProcessor
{
    public override List<EncodingDraft> Apply(List<EncodingDraft> parts, TokenizerVocabulary vocabulary, bool addSpecialTokens)
    {
        var result = new List<EncodingDraft>();
        for (int i = 0; i < parts.Count; i++)
        {
            EncodingDraft part = (trimOffsets ? OffsetTrimming.Apply(parts[i], vocabulary, addPrefixSpace) : parts[i]).WithTypeId(0);
            result.Add(addSpecialTokens ? Surround.With(part, i == 0 ? start : end, end, 0) : part);
        }
        return result;
    }

    public override int CountAdded(bool pair) => pair ? 4 : 2;

    public override (int[] Before, int[] Behind) SingleAffixes => ([start.Id], [end.Id]);
}

/// <summary>BertProcessing: <c>[CLS] A [SEP]</c>, and <c>B [SEP]</c> with type id 1 behind it.</summary>
internal sealed class BertPostProcessor((int Id, string Token) start, (int Id, string Token) end) : PostProcessor
{
    public override List<EncodingDraft> Apply(List<EncodingDraft> parts, TokenizerVocabulary vocabulary, bool addSpecialTokens)
    {
        if (!addSpecialTokens) return parts;
        var result = new List<EncodingDraft>();
        for (int i = 0; i < parts.Count; i++)
        {
            result.Add(Surround.With(parts[i].WithTypeId(i), i == 0 ? start : null, end, i));
        }
        return result;
    }

    public override int CountAdded(bool pair) => pair ? 3 : 2;

    public override (int[] Before, int[] Behind) SingleAffixes => ([start.Id], [end.Id]);
}

internal static class Surround
{
    /// <summary>The part, and each of its windows, with a token before and one behind.</summary>
    public static EncodingDraft With(EncodingDraft part, (int Id, string Token)? before, (int Id, string Token) behind, int typeId)
    {
        var tokens = new List<DraftToken>(part.Tokens.Count + 2);
        if (before is { } first) tokens.Add(DraftToken.Special(first.Id, first.Token, typeId));
        tokens.AddRange(part.Tokens);
        tokens.Add(DraftToken.Special(behind.Id, behind.Token, typeId));
        return new EncodingDraft { Tokens = tokens, Overflowing = [.. part.Overflowing.Select(window => With(window, before, behind, typeId))] };
    }
}
