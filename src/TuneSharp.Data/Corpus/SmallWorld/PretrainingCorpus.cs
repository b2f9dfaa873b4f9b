namespace TuneSharp.Data.Corpus.SmallWorld;

/// <summary>The corpus of the embedded model: these options, and nothing else, make it.</summary>
public static class PretrainingCorpus
{
    /// <summary>The name by which a recipe's <c>dataset</c> means this corpus.</summary>
    public const string DatasetName = "small-world";

    /// <summary>SHA-256 of the documents as JSON lines; a test makes the corpus and compares.</summary>
    public const string Sha256 = "d5f370027c64d1a8fe895a9274562de2e61dd994e7a6f83b45aa1ac7fddc40fd";

    /// <summary>Bytes of these JSON lines.</summary>
    public const long NumBytes = 22_635_562;

    /// <summary>The options that made the embedded model's corpus.</summary>
    public static SmallWorldCorpusOptions Options { get; } = new() { Seed = 1, NumDocuments = 64_000, NumCopyingDocuments = 9_600, ChinesePercent = 45, HandWrittenPercent = 3 };
}
