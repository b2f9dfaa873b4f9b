namespace TuneSharp.Data.Packing;

/// <summary>How short documents are put together into one row of the batch. Whichever: a document sees itself alone, and its positions begin at 0.</summary>
public enum PackingStrategy
{
    /// <summary>Every document is a row of its own.</summary>
    None,

    /// <summary>Best fit decreasing (arXiv:2404.10830), as TRL's <c>bfd</c>: documents stay whole.</summary>
    Bfd,

    /// <summary>The same, but documents that are longer than a row are cut into several instead of being shortened; TRL's <c>bfd_split</c>.</summary>
    BfdSplit,

    /// <summary>Documents one after the other, cut wherever a row is full; TRL's <c>wrapped</c>. The parts of a cut document do not see each other.</summary>
    Wrapped,

    /// <summary>The greedy knapsack of LLaMA-Factory's <c>neat_packing</c>: documents stay whole.</summary>
    Knapsack,
}
