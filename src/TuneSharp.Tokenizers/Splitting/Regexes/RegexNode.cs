using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Splitting.Regexes;

internal enum RepeatMode
{
    /// <summary>As often as possible, fewer times if the rest fails.</summary>
    Greedy,
    /// <summary>As rarely as possible, more often if the rest fails.</summary>
    Lazy,
    /// <summary>As often as possible; never fewer.</summary>
    Possessive,
}

internal enum AnchorKind
{
    LineStart,
    LineEnd,
    TextStart,
    TextEnd,
    TextEndOrLastLineEnd,
    SearchStart,
    WordBoundary,
    NoWordBoundary,
}

/// <summary>A pattern as a tree.</summary>
internal abstract record RegexNode
{
    /// <summary>Whether it can match without consuming a character.</summary>
    public abstract bool CanBeEmpty { get; }

    /// <summary>The one number of characters it matches; −1 when there are several.</summary>
    public abstract int FixedLength { get; }
}

/// <summary>One character of a set.</summary>
internal sealed record CharacterNode(CodePointSet Set) : RegexNode
{
    public override bool CanBeEmpty => false;

    public override int FixedLength => 1;
}

internal sealed record SequenceNode(IReadOnlyList<RegexNode> Parts) : RegexNode
{
    public override bool CanBeEmpty => Parts.All(part => part.CanBeEmpty);

    public override int FixedLength => Parts.Any(part => part.FixedLength < 0) ? -1 : Parts.Sum(part => part.FixedLength);
}

/// <summary>The first alternative that leads to a match.</summary>
internal sealed record ChoiceNode(IReadOnlyList<RegexNode> Alternatives) : RegexNode
{
    public override bool CanBeEmpty => Alternatives.Any(part => part.CanBeEmpty);

    public override int FixedLength => Alternatives.Select(part => part.FixedLength).Distinct().Count() == 1 ? Alternatives[0].FixedLength : -1;
}

/// <param name="Maximum">−1: no limit.</param>
internal sealed record RepeatNode(RegexNode Body, int Minimum, int Maximum, RepeatMode Mode) : RegexNode
{
    public override bool CanBeEmpty => Minimum == 0 || Body.CanBeEmpty;

    public override int FixedLength => Minimum == Maximum && Body.FixedLength >= 0 ? Minimum * Body.FixedLength : -1;
}

/// <summary>What matched inside is not tried otherwise afterwards.</summary>
internal sealed record AtomicNode(RegexNode Body) : RegexNode
{
    public override bool CanBeEmpty => Body.CanBeEmpty;

    public override int FixedLength => Body.FixedLength;
}

/// <summary>Looks ahead or behind without consuming.</summary>
internal sealed record LookNode(RegexNode Body, bool Behind, bool Negative) : RegexNode
{
    public override bool CanBeEmpty => true;

    public override int FixedLength => 0;
}

internal sealed record AnchorNode(AnchorKind Kind) : RegexNode
{
    public override bool CanBeEmpty => true;

    public override int FixedLength => 0;
}
