namespace TuneSharp.Data.Corpus.SmallWorld;

/// <summary>The corpus of the embedded model: these options, and nothing else, make it.</summary>
public static class PretrainingCorpus
{
    /// <summary>The name by which a recipe's <c>dataset</c> means this corpus.</summary>
    public const string DatasetName = "small-world";

    /// <summary>SHA-256 of the documents as JSON lines; a test makes the corpus and compares.</summary>
    public const string Sha256 = "";

    /// <summary>The options that made the embedded model's corpus.</summary>
    public static SmallWorldCorpusOptions Options { get; } = new() { Seed = 1, NumDocuments = 60_000, ChinesePercent = 45, HandWrittenPercent = 3 };
}
