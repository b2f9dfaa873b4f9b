using TuneSharp.Tokenizers.Models.Bpe;

namespace TuneSharp.Tokenizers.Models;

/// <summary>Cuts a piece of text into tokens. Immutable; the scratch memory comes with each call.</summary>
internal interface ITokenModel
{
    /// <summary>Appends the tokens of <paramref name="piece"/>.</summary>
    void Tokenize(ReadOnlySpan<byte> piece, BpeWorker worker, TokenBuffer destination);

    /// <summary>The token that is spelled as the text it stands for, not as the vocabulary spells it; null: there is none.</summary>
    int? SpelledByText => null;
}

/// <summary>What a file says about a model, after its values were checked.</summary>
internal abstract record ModelDefinition
{
    /// <summary>Token → id; ids may have gaps.</summary>
    public required IReadOnlyDictionary<string, int> Vocabulary { get; init; }

    /// <summary>File and field, for error messages.</summary>
    public string Where { get; init; } = "model";

    /// <summary>Whether the model can be given the bytes that byte-level spelling stands for.</summary>
    public virtual bool ReadsBytes => false;

    public abstract ITokenModel Build(PieceForm form);

    /// <summary>What is odd although it can be used.</summary>
    public abstract IEnumerable<string> FindWarnings(ITokenModel model);
}
