using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Splitting;

/// <summary>Bytes [Start, Start + Length) of a text.</summary>
internal readonly record struct Piece(AlignedText Text, int Start, int Length)
{
    public static Piece Whole(AlignedText text) => new(text, 0, text.Length);

    public ReadOnlySpan<byte> Bytes => Text.Bytes.Slice(Start, Length);

    public AlignedText ToText() => Text.Slice(Start, Length);

    /// <summary>Part [start, end) of this piece.</summary>
    public Piece Part(int start, int end) => new(Text, Start + start, end - start);
}

/// <summary>A step that cuts pieces into smaller ones and may change their text. Empty pieces are never handed on.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Appends what <paramref name="piece"/> becomes.</summary>
    public abstract void Split(Piece piece, List<Piece> output);

    /// <summary>Whether the step asks for positions in the source.</summary>
    public virtual bool NeedsSource => false;

    protected static void AddPart(Piece piece, int start, int end, List<Piece> output)
    {
        if (end > start) output.Add(piece.Part(start, end));
    }
}

/// <summary>Several steps, each on the pieces of the one before; look-around never reaches a neighbouring piece.</summary>
internal sealed class SequencePreTokenizer(IReadOnlyList<PreTokenizer> steps) : PreTokenizer
{
    public IReadOnlyList<PreTokenizer> Steps { get; } = steps;

    public override bool NeedsSource => Steps.Any(step => step.NeedsSource);

    public override void Split(Piece piece, List<Piece> output)
    {
        List<Piece> pieces = [piece];
        foreach (PreTokenizer step in Steps)
        {
            List<Piece> next = [];
            foreach (Piece p in pieces) step.Split(p, next);
            pieces = next;
        }
        output.AddRange(pieces);
    }
}
