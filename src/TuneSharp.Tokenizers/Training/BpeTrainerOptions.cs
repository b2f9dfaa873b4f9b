using TuneSharp.Formats;

namespace TuneSharp.Tokenizers;

/// <summary>Known splitting rules of byte-level tokenizers.</summary>
public enum ByteLevelSplit
{
    /// <summary>Words, numbers and symbols with one blank in front (GPT-2, SmolLM2). Numbers are not limited.</summary>
    Gpt2,
    /// <summary>Single digits, words with one leading character, line ends behind symbols (Qwen2 and later).</summary>
    Qwen2,
    /// <summary>As Qwen2 with up to three digits (Llama 3, cl100k).</summary>
    Llama3,
}

/// <summary>How a byte-level BPE is trained.</summary>
public sealed record BpeTrainerOptions
{
    /// <summary>Number of tokens at most, special tokens and the 256 bytes included. Default 30,000.</summary>
    public int VocabularySize { get; init; } = 30_000;

    /// <summary>A pair is merged only if it occurs at least this often. Default 2.</summary>
    public int MinFrequency { get; init; } = 2;

    /// <summary>Get the first ids in this order and are never split.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = [];

    /// <summary>A merge is considered only if its token would have fewer bytes than this; two single bytes always may. Null: no limit.</summary>
    public int? MaxTokenLength { get; init; }

    /// <summary>How documents are split into words. Default: GPT-2's rule.</summary>
    public ByteLevelSplit Split { get; init; }

    /// <summary>Which of the special tokens have a role; written to tokenizer_config.json.</summary>
    public string? BosToken { get; init; }

    public string? EosToken { get; init; }

    public string? PadToken { get; init; }

    public string? UnkToken { get; init; }

    /// <summary>A Jinja chat template for tokenizer_config.json.</summary>
    public string? ChatTemplate { get; init; }

    /// <exception cref="InvalidInputException">An option is out of its range.</exception>
    public void Validate()
    {
        if (VocabularySize < 256 + SpecialTokens.Count)
            throw new InvalidInputException(
                $"vocabulary_size {VocabularySize} is too small: the 256 bytes and {SpecialTokens.Count} special tokens need {256 + SpecialTokens.Count}.", null, "Raise it.");
        if (VocabularySize > 4_000_000) throw new InvalidInputException($"vocabulary_size {VocabularySize} is above 4000000.", null, "Lower it.");
        if (MinFrequency < 0) throw new InvalidInputException($"min_frequency {MinFrequency} is negative.", null, "Use 2 or more.");
        if (MaxTokenLength < 1) throw new InvalidInputException($"max_token_length {MaxTokenLength} is below 1.", null, "Use a larger value or none.");
        if (SpecialTokens.Any(string.IsNullOrEmpty)) throw new InvalidInputException("A special token is empty.", null, "Remove it.");
        if (SpecialTokens.Distinct(StringComparer.Ordinal).Count() != SpecialTokens.Count)
            throw new InvalidInputException("A special token stands twice.", null, "Remove one.");
        foreach (string? role in new[] { BosToken, EosToken, PadToken, UnkToken })
            if (role is not null && !SpecialTokens.Contains(role))
                throw new InvalidInputException($"The token '{role}' has a role and is not among the special tokens.", null, "Add it to the special tokens.");
    }
}
