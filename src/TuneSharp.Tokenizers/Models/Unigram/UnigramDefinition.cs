using TuneSharp.Tokenizers.Models.Bpe;

namespace TuneSharp.Tokenizers.Models.Unigram;

/// <summary>What a Unigram section of a tokenizer.json says, after its values were checked.</summary>
internal sealed record UnigramDefinition : ModelDefinition
{
    /// <summary>The logarithm of each piece's probability, by id.</summary>
    public required IReadOnlyList<double> Scores { get; init; }

    /// <summary>What becomes of characters that are in no piece; null: there is nothing for them.</summary>
    public int? UnknownId { get; init; }

    /// <summary>An unknown run becomes <c>&lt;0x..&gt;</c> tokens, if all its bytes have one.</summary>
    public bool ByteFallback { get; init; }

    public override ITokenModel Build(PieceForm form) => new UnigramModel(this);

    public override IEnumerable<string> FindWarnings(ITokenModel model)
    {
        if (UnknownId is null) yield return "The vocabulary names no unknown token (unk_id); a text with a character that is in no piece cannot be encoded.";
    }
}
