namespace TuneSharp.Tokenizers.PostProcessing;

/// <summary>A place in a template: text A (0) or B (1), or special tokens.</summary>
internal readonly record struct TemplatePiece(int Sequence, int TypeId, IReadOnlyList<(int Id, string Token)> Special)
{
    public static TemplatePiece Text(int sequence, int typeId) => new(sequence, typeId, []);

    public static TemplatePiece Tokens(int typeId, IReadOnlyList<(int Id, string Token)> special) => new(-1, typeId, special);
}

/// <summary>TemplateProcessing: what stands around one text (<c>single</c>) and around two (<c>pair</c>).</summary>
internal sealed class TemplatePostProcessor(IReadOnlyList<TemplatePiece> single, IReadOnlyList<TemplatePiece> pair) : PostProcessor
{
    /// <summary>A token before and one behind each text; null when there is neither.</summary>
    public static TemplatePostProcessor? Around((int Id, string Token)? before, (int Id, string Token)? behind) => Around(before is { } first ? [first] : [], behind);

    /// <summary>Tokens before and one behind each text; null when there is neither.</summary>
    public static TemplatePostProcessor? Around(IReadOnlyList<(int Id, string Token)> before, (int Id, string Token)? behind)
    {
        return before.Count == 0 && behind is null ? null : new TemplatePostProcessor([.. Text(0)], [.. Text(0), .. Text(1)]);

        IEnumerable<TemplatePiece> Text(int sequence)
        {
            if (before.Count > 0) yield return TemplatePiece.Tokens(sequence, [.. before]);
            yield return TemplatePiece.Text(sequence, sequence);
            if (behind is { } last) yield return TemplatePiece.Tokens(sequence, [last]);
        }
    }

    public override List<EncodingDraft> Apply(List<EncodingDraft> parts, TokenizerVocabulary vocabulary, bool addSpecialTokens)
    {
        var result = new List<EncodingDraft>();
        foreach (TemplatePiece piece in parts.Count > 1 ? pair : single)
        {
            if (piece.Sequence >= 0)
            {
                if (piece.Sequence < parts.Count)
                    result.Add(parts[piece.Sequence].WithTypeId(piece.TypeId));
            }
            else if (addSpecialTokens)
            {
                result.Add(new EncodingDraft { Tokens = [.. piece.Special.Select(s => DraftToken.Special(s.Id, s.Token, piece.TypeId))] });
            }
        }
        return result;
    }

    public override (int[] Before, int[] Behind) SingleAffixes
    {
        get
        {
            int text = single.TakeWhile(piece => piece.Sequence < 0).Count();
            return ([.. single.Take(text).SelectMany(Ids)], [.. single.Skip(text).SelectMany(Ids)]);

            static IEnumerable<int> Ids(TemplatePiece piece) => piece.Special.Select(token => token.Id);
        }
    }

    public override int CountAdded(bool forPair) => (forPair ? pair : single).Sum(piece => piece.Special.Count);
}
