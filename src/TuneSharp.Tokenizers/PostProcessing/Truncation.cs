namespace TuneSharp.Tokenizers;

/// <summary>Which of two texts is shortened.</summary>
public enum TruncationStrategy
{
    /// <summary>The longer one first, then both alike.</summary>
    LongestFirst,
    OnlyFirst,
    OnlySecond,
}

/// <summary>The end at which tokens are added or cut off.</summary>
public enum TextSide
{
    Right,
    Left,
}

/// <summary>Cutting an encoding into windows of at most <see cref="MaxLength"/> tokens.</summary>
public sealed record TruncationOptions
{
    /// <summary>Tokens of a window, special tokens included.</summary>
    public required int MaxLength { get; init; }

    /// <summary>Tokens that neighbouring windows share. Default 0; must be smaller than what is left of <see cref="MaxLength"/> without special tokens.</summary>
    public int Stride { get; init; }

    public TruncationStrategy Strategy { get; init; }

    /// <summary>Side that is cut off. Default: right.</summary>
    public TextSide Direction { get; init; }
}
