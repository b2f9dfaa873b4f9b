namespace TuneSharp.Data.Corpus.SmallWorld;

/// <summary>The corpus of the embedded model: these options, and nothing else, make it.</summary>
public static class PretrainingCorpus
{
    /// <summary>The name by which a recipe's <c>dataset</c> means this corpus.</summary>
    public const string DatasetName = "small-world";

    /// <summary>SHA-256 of the documents as JSON lines; a test makes the corpus and compares.</summary>
    public const string Sha256 = "aa8ece26b62e4a4b4d61c4446dfece77719f9a517de1299bcbd182b2d1dfc46a";

    /// <summary>Bytes of these JSON lines.</summary>
    public const long NumBytes = 35_943_896;

    /// <summary>The options that made the embedded model's corpus.</summary>
    public static SmallWorldCorpusOptions Options { get; } = new() { Seed = 1, NumDocuments = 96_000, NumCopyingDocuments = 9_600, ChinesePercent = 45, HandWrittenPercent = 3 };
}
