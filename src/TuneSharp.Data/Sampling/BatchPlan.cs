using TuneSharp.Formats;

namespace TuneSharp.Data.Sampling;

/// <summary>
/// Which rows each optimizer step of each epoch sees: a pure function of (rows, sizes, seed, epoch, step), so that an exact resume
/// needs no more than the number of the step.
/// </summary>
/// <remarks>
/// As Hugging Face's Trainer: the order of epoch e is torch's randperm with seed + e; it is cut into micro-batches of
/// <see cref="BatchSize"/> rows (the last may be smaller), and <see cref="Accumulation"/> of them make a step; the last step of an epoch may
/// hold fewer micro-batches.
/// </remarks>
public sealed record BatchPlan
{
    /// <param name="rows">Number of training rows.</param>
    /// <param name="batchSize">Rows a micro-batch.</param>
    /// <param name="accumulation">Micro-batches an optimizer step.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <exception cref="InvalidInputException">There are no rows, or a size is below 1.</exception>
    public BatchPlan(int rows, int batchSize, int accumulation, long seed)
    {
        if (rows < 1) throw new InvalidInputException("There are no rows to train on.", "dataset", "Give a dataset with at least one usable row.");
        if (batchSize < 1) throw new InvalidInputException($"per_device_train_batch_size is {batchSize}; at least 1 is needed.", "per_device_train_batch_size", "Give a whole number such as 4.");
        if (accumulation < 1) throw new InvalidInputException($"gradient_accumulation_steps is {accumulation}; at least 1 is needed.", "gradient_accumulation_steps", "Give a whole number such as 1.");
        (Rows, BatchSize, Accumulation, Seed) = (rows, batchSize, accumulation, seed);
    }

    public int Rows { get; }

    public int BatchSize { get; }

    public int Accumulation { get; }

    public long Seed { get; }

    /// <summary>Keeps the order of the file instead of a random one.</summary>
    public bool Sequential { get; init; }

    /// <summary>Length of every row: rows of similar length then come together (<see cref="LengthGroupedOrder"/>); null: they do not.</summary>
    public IReadOnlyList<int>? Lengths { get; init; }

    /// <summary>Micro-batches an epoch.</summary>
    public int MicroBatchesPerEpoch => (Rows - 1) / BatchSize + 1;

    /// <summary>Optimizer steps an epoch.</summary>
    public int StepsPerEpoch => (MicroBatchesPerEpoch - 1) / Accumulation + 1;

    /// <summary>Row numbers in the order in which an epoch (from 0) takes them.</summary>
    public int[] Order(int epoch) => Sequential ? [.. Enumerable.Range(0, Rows)]
        : Lengths is not null ? LengthGroupedOrder.Of(Lengths, checked(BatchSize * Accumulation), Seed, epoch)
        : RandomPermutation.Of(Rows, unchecked(Seed + epoch));

    /// <summary>The micro-batches of one optimizer step.</summary>
    /// <param name="order">The epoch's <see cref="Order"/>.</param>
    /// <param name="stepInEpoch">From 0 to <see cref="StepsPerEpoch"/> − 1.</param>
    public IReadOnlyList<int[]> MicroBatches(int[] order, int stepInEpoch)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentOutOfRangeException.ThrowIfNegative(stepInEpoch);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(stepInEpoch, StepsPerEpoch);
        var batches = new List<int[]>(Accumulation);
        for (int i = 0; i < Accumulation; i++)
        {
            long start = ((long)stepInEpoch * Accumulation + i) * BatchSize;
            if (start >= Rows) break;
            batches.Add(order[(int)start..(int)Math.Min(Rows, start + BatchSize)]);
        }
        return batches;
    }
}
