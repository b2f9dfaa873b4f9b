using System.Runtime.InteropServices;

namespace TuneSharp.Tokenizers.PostProcessing;

/// <summary>One token on its way through post-processing. Its place [Start, End) is in code points of the text <see cref="Sequence"/>.</summary>
/// <param name="Sequence">0 or 1; −1 for inserted tokens.</param>
/// <param name="Word">Number of the piece; −1 for inserted tokens.</param>
/// <param name="Spelling">Null: as the vocabulary spells it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DraftToken(int Id, int Start, int End, int TypeId, int Word, sbyte Sequence, string? Spelling = null)
{
    public bool IsInserted => Sequence < 0;

    /// <summary>A token that stands for no text.</summary>
    public static DraftToken Special(int id, string token, int typeId) => new(id, 0, 0, typeId, -1, -1, token);
}

/// <summary>A list of tokens and the further windows that truncation cut off. Belongs to one call, which changes it in place.</summary>
internal sealed class EncodingDraft
{
    public List<DraftToken> Tokens { get; init; } = [];

    public List<EncodingDraft> Overflowing { get; init; } = [];

    /// <summary>Sets the type id of every token here and in the further windows.</summary>
    public EncodingDraft WithTypeId(int typeId)
    {
        foreach (ref DraftToken token in CollectionsMarshal.AsSpan(Tokens))
            if (token.TypeId != typeId) token = token with { TypeId = typeId };
        foreach (EncodingDraft window in Overflowing) window.WithTypeId(typeId);
        return this;
    }

    /// <summary>Puts the parts one behind the other. Windows combine: each of the first with the second, each with each, the first with each of the second.</summary>
    public static EncodingDraft Join(IReadOnlyList<EncodingDraft> parts)
    {
        if (parts.Count == 1) return parts[0];
        var joined = new EncodingDraft();
        foreach (EncodingDraft part in parts)
        {
            var windows = new List<EncodingDraft>();
            foreach (EncodingDraft window in joined.Overflowing)
            {
                windows.Add(Concatenate(window, part));
                foreach (EncodingDraft other in part.Overflowing) windows.Add(Concatenate(window, other));
            }
            foreach (EncodingDraft other in part.Overflowing) windows.Add(Concatenate(joined, other));
            joined = new EncodingDraft { Tokens = [.. joined.Tokens, .. part.Tokens], Overflowing = windows };
        }
        return joined;
    }

    private static EncodingDraft Concatenate(EncodingDraft first, EncodingDraft second) => new() { Tokens = [.. first.Tokens, .. second.Tokens] };
}
