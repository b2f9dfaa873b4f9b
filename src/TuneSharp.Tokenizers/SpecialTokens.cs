namespace TuneSharp.Tokenizers;

/// <summary>A token with a role, as tokenizer_config.json or special_tokens_map.json names it.</summary>
public sealed record SpecialToken(string Text, int Id);

/// <summary>The tokens with a role; null where the files name none or one that is not in the vocabulary.</summary>
public sealed record SpecialTokens
{
    public static SpecialTokens None { get; } = new();

    public SpecialToken? Bos { get; init; }

    public SpecialToken? Eos { get; init; }

    public SpecialToken? Pad { get; init; }

    public SpecialToken? Unk { get; init; }

    /// <summary>Every named token (<c>bos_token</c>, <c>eos_token</c>, <c>sep_token</c>, …) → its text: the variables of chat templates.</summary>
    public IReadOnlyDictionary<string, string> All { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
