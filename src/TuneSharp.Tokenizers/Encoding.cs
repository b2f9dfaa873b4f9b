namespace TuneSharp.Tokenizers;

/// <summary>
/// A text as tokens, with everything that is known about each one. All lists are as long as <see cref="Ids"/>.
/// A token that holds part of a character has the place of the whole character; an inserted one (BOS, padding) has (0, 0).
/// </summary>
public sealed class Encoding
{
    public required int[] Ids { get; init; }

    /// <summary>Spelling in the vocabulary (<c>Ġthe</c>), not text.</summary>
    public required string[] Tokens { get; init; }

    /// <summary>Places in the text in UTF-16 code units, as C# strings are indexed.</summary>
    public required TextSpan[] Offsets { get; init; }

    /// <summary>The same in Unicode code points.</summary>
    public required TextSpan[] CodePointOffsets { get; init; }

    /// <summary>The same in bytes of UTF-8.</summary>
    public required TextSpan[] ByteOffsets { get; init; }

    /// <summary>0 for the first text, 1 for the second, or what the template says.</summary>
    public required int[] TypeIds { get; init; }

    /// <summary>1 for tokens that the post-processor or padding put in.</summary>
    public required int[] SpecialTokensMask { get; init; }

    /// <summary>0 for padding.</summary>
    public required int[] AttentionMask { get; init; }

    /// <summary>Number of the piece (word) in its text; null for inserted tokens.</summary>
    public required int?[] WordIds { get; init; }

    /// <summary>0 or 1: which text the token is from; null for inserted tokens.</summary>
    public required int?[] SequenceIds { get; init; }

    /// <summary>The further windows when the text was truncated.</summary>
    public IReadOnlyList<Encoding> Overflowing { get; init; } = [];

    public int Count => Ids.Length;
}
