using TuneSharp.Formats.Errors;
using TuneSharp.Tokenizers.Models.Bpe;

namespace TuneSharp.Tokenizers.Models.WordPiece;

/// <summary>What a WordPiece section of a tokenizer.json says, after its values were checked.</summary>
internal sealed record WordPieceDefinition : ModelDefinition
{
    /// <summary>What a word becomes that cannot be put together from pieces.</summary>
    public string UnknownToken { get; init; } = "[UNK]";

    /// <summary>Marks the pieces that continue a word.</summary>
    public string ContinuingSubwordPrefix { get; init; } = "##";

    /// <summary>Longer words (in code points) are unknown.</summary>
    public int MaxInputCharsPerWord { get; init; } = 100;

    public override ITokenModel Build(PieceForm form) => new WordPieceModel(this);

    public override IEnumerable<string> FindWarnings(ITokenModel model)
    {
        if (!Vocabulary.ContainsKey(UnknownToken)) yield return $"unk_token {Quoted.Text(UnknownToken)} is not in the vocabulary; a text that needs it cannot be encoded.";
    }
}
