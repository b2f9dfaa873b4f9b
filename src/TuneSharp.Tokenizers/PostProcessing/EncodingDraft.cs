namespace TuneSharp.Tokenizers.PostProcessing;

/// <summary>One token on its way through post-processing. Places are in code points of the text <see cref="Sequence"/>.</summary>
/// <param name="Sequence">0 or 1; −1 for inserted tokens.</param>
/// <param name="Word">Number of the piece; −1 for inserted tokens.</param>
internal readonly record struct DraftToken(int Id, string Token, TextSpan CodePoints, int TypeId, int Word, int Sequence, bool Inserted, bool Padding = false)
{
    /// <summary>A token that stands for no text.</summary>
    public static DraftToken Special(int id, string token, int typeId) => new(id, token, default, typeId, -1, -1, Inserted: true);
}

/// <summary>A list of tokens and the further windows that truncation cut off.</summary>
internal sealed class EncodingDraft
{
    public List<DraftToken> Tokens { get; init; } = [];

    public List<EncodingDraft> Overflowing { get; init; } = [];

    /// <summary>Applies a change to every token here and in the further windows.</summary>
    public EncodingDraft Map(Func<DraftToken, int, DraftToken> change) => new()
    {
        Tokens = [.. Tokens.Select(change)],
        Overflowing = [.. Overflowing.Select(window => window.Map(change))],
    };

    /// <summary>Puts the parts one behind the other. Windows combine: each of the first with the second, each with each, the first with each of the second.</summary>
    public static EncodingDraft Join(IEnumerable<EncodingDraft> parts)
    {
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
