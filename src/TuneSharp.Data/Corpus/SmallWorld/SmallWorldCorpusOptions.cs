using TuneSharp.Formats;

namespace TuneSharp.Data.Corpus.SmallWorld;

/// <summary>What <see cref="SmallWorldCorpus"/> writes. The same options give the same bytes on every machine.</summary>
public sealed record SmallWorldCorpusOptions
{
    /// <summary>Where the generator's numbers start.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How many documents, 1 to 10,000,000; one has about 110 tokens.</summary>
    public int NumDocuments { get; init; } = 60_000;

    /// <summary>
    /// How many of them, from the first on, only ask to repeat something; over the next twice as many their share falls to
    /// that of the mixture. Before anything else a small model learns to copy from its context, on which every answer about
    /// a text rests; from the mixture alone it needs many times the tokens for that. Train in the order of the corpus. 0: none.
    /// </summary>
    public int NumCopyingDocuments { get; init; }

    /// <summary>The share of documents in Chinese, 0 to 100 percent; the others are English.</summary>
    public int ChinesePercent { get; init; } = 45;

    /// <summary>The share of documents that are hand-written pieces instead of generated ones, 0 to 100 percent.</summary>
    public int HandWrittenPercent { get; init; } = 3;

    /// <exception cref="InvalidInputException">A value lies outside its limits.</exception>
    public void Validate()
    {
        Check("num_documents", NumDocuments, 1, 10_000_000);
        Check("num_copying_documents", NumCopyingDocuments, 0, NumDocuments);
        Check("chinese_percent", ChinesePercent, 0, 100);
        Check("hand_written_percent", HandWrittenPercent, 0, 100);
    }

    private static void Check(string key, int value, int minimum, int maximum)
    {
        if (value < minimum || value > maximum)
            throw new InvalidInputException($"{key} is {value}; it lies between {minimum} and {maximum}.", "small-world corpus");
    }
}
