using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Decoding;

/// <summary>A step on the way from token spellings to text. The strings that are left at the end are joined.</summary>
internal abstract class TokenDecoder
{
    public abstract List<string> Apply(List<string> tokens);

    /// <summary>Whether runs of <c>&lt;0x..&gt;</c> tokens are read as one.</summary>
    public virtual bool JoinsByteTokens => false;

    /// <summary>The bytes of a token whose spelling is one for bytes; null where it is text.</summary>
    public virtual byte[]? BytesOf(string token) => null;
}

internal sealed class SequenceDecoder(IReadOnlyList<TokenDecoder> steps) : TokenDecoder
{
    public override bool JoinsByteTokens => steps.Any(step => step.JoinsByteTokens);

    public override byte[]? BytesOf(string token) => steps.Select(step => step.BytesOf(token)).FirstOrDefault(bytes => bytes is not null);

    public override List<string> Apply(List<string> tokens)
    {
        var budget = new TextBudget(tokens.Sum(token => token.Length));
        foreach (TokenDecoder step in steps)
        {
            tokens = step.Apply(tokens);
            budget.CheckSize(tokens.Sum(token => (long)token.Length));
        }
        return tokens;
    }
}

/// <summary>Joins all tokens into one, so that later steps see the whole text.</summary>
internal sealed class FuseDecoder : TokenDecoder
{
    public override List<string> Apply(List<string> tokens) => [string.Concat(tokens)];
}
