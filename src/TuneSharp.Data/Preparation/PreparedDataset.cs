using TuneSharp.Data.Checking;

namespace TuneSharp.Data.Preparation;

/// <summary>How many rows went which way: nothing is left out without being counted here.</summary>
public sealed record PreparationCounts
{
    /// <summary>Rows that were read and understood.</summary>
    public long Read { get; init; }

    /// <summary>Rows that could not be read or rendered and were left out by choice.</summary>
    public long Broken { get; init; }

    /// <summary>Rows whose end was cut off at the maximal length.</summary>
    public long Truncated { get; init; }

    /// <summary>Rows that were left out because they were too long.</summary>
    public long DroppedOverlong { get; init; }

    /// <summary>Rows without a token to learn (everything masked or cut off).</summary>
    public long NothingToLearn { get; init; }
}

/// <summary>A dataset that is ready to be trained on. Its rows lie in a file and are read when they are asked for.</summary>
public sealed record PreparedDataset
{
    public required IReadOnlyList<TrainingExample> Train { get; init; }

    public required IReadOnlyList<TrainingExample> Validation { get; init; }

    public required IReadOnlyList<TrainingExample> Test { get; init; }

    /// <summary>Tokens of all rows to train on.</summary>
    public required long TrainTokens { get; init; }

    /// <summary>Of these, learned ones.</summary>
    public required long TrainLabels { get; init; }

    /// <summary>It was made earlier and found again, nothing was read.</summary>
    public bool FromCache { get; init; }

    /// <summary>No example is longer: the limit that was given, or the longest row up to the context.</summary>
    public required int MaxLength { get; init; }

    /// <summary>Lengths of all rows in tokens before anything was cut.</summary>
    public required LengthReport Lengths { get; init; }

    public required PreparationCounts Counts { get; init; }

    /// <summary>What the person should see in any case: splits that could not be made as asked, rows that were cut or left out.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Problems of single rows.</summary>
    public required ProblemLog Problems { get; init; }
}
