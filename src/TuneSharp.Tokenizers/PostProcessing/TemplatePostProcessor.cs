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
    public override List<EncodingDraft> Apply(List<EncodingDraft> parts, bool addSpecialTokens)
    {
        var result = new List<EncodingDraft>();
        foreach (TemplatePiece piece in parts.Count > 1 ? pair : single)
        {
            if (piece.Sequence >= 0)
            {
                if (piece.Sequence < parts.Count)
                    result.Add(parts[piece.Sequence].Map((token, _) => token with { TypeId = piece.TypeId }));
            }
            else if (addSpecialTokens)
            {
                result.Add(new EncodingDraft { Tokens = [.. piece.Special.Select(s => DraftToken.Special(s.Id, s.Token, piece.TypeId))] });
            }
        }
        return result;
    }

    public override int CountAdded(bool forPair) => (forPair ? pair : single).Sum(piece => piece.Special.Count);
}
