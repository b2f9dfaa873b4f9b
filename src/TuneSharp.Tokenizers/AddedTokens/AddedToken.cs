namespace TuneSharp.Tokenizers;

/// <summary>A token that is found in the text as a whole, before the text is split.</summary>
public sealed record AddedToken(string Content, int Id)
{
    /// <summary>Marks structure, not content: dropped by decoding that skips special tokens, and not looked for when special tokens count as plain text.</summary>
    public bool IsSpecial { get; init; }

    /// <summary>Swallows the white space before it.</summary>
    public bool StripLeft { get; init; }

    /// <summary>Swallows the white space behind it.</summary>
    public bool StripRight { get; init; }

    /// <summary>Found only where no letter, digit, mark or underscore touches it.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Looked for in the normalized text; otherwise in the text as it came.</summary>
    public bool Normalized { get; init; }

    /// <summary>Written by programs only: a text that spells it is plain text.</summary>
    public bool NeverInText { get; init; }
}
