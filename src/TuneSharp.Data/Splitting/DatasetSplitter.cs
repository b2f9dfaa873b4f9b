using TuneSharp.Data.Sampling;
using TuneSharp.Data.Storage;
using TuneSharp.Formats;

namespace TuneSharp.Data.Splitting;

/// <summary>
/// Splits rows by a seed. Rows that ask the same stay on one side, so that validation measures what was learned and not what was
/// seen. The same rows, sizes and seed give the same split on every machine.
/// </summary>
public static class DatasetSplitter
{
    /// <param name="rows">All rows.</param>
    /// <param name="validationSize">A share below 1, or a number of rows.</param>
    /// <param name="testSize">A share below 1, or a number of rows.</param>
    /// <param name="seed">Seed of the split.</param>
    /// <param name="group">What stays together. Where questions repeat so much that no part of the wanted size can be formed, equal rows do, with a note.</param>
    /// <exception cref="InvalidInputException">The sizes leave nothing to train on.</exception>
    public static DatasetSplit Split(IReadOnlyList<DatasetRow> rows, double validationSize, double testSize, long seed, SplitGroup group = SplitGroup.Question)
    {
        ArgumentNullException.ThrowIfNull(rows);
        SplitPlan plan = Plan([.. rows.Select(RowFingerprint.Question)], [.. rows.Select(RowFingerprint.Normalised)], validationSize, testSize, seed, group);
        return new DatasetSplit(Pick(SplitPart.Train), Pick(SplitPart.Validation), Pick(SplitPart.Test), plan.Notes);

        List<DatasetRow> Pick(SplitPart part) => [.. rows.Where((_, i) => plan.Parts[i] == part)];
    }

    /// <summary>The same for rows that are known by their fingerprints alone, so that a large file need not lie in memory.</summary>
    /// <param name="questions"><see cref="RowFingerprint.Question"/> of every row.</param>
    /// <param name="wholes"><see cref="RowFingerprint.Normalised"/> of every row.</param>
    /// <param name="validationSize">A share below 1, or a number of rows.</param>
    /// <param name="testSize">A share below 1, or a number of rows.</param>
    /// <param name="seed">Seed of the split.</param>
    /// <param name="group">What stays together.</param>
    public static SplitPlan Plan(IReadOnlyList<UInt128> questions, IReadOnlyList<UInt128> wholes, double validationSize, double testSize, long seed, SplitGroup group)
    {
        ArgumentNullException.ThrowIfNull(questions);
        ArgumentNullException.ThrowIfNull(wholes);
        int rows = questions.Count;
        var notes = new List<string>();
        int validation = Wanted(validationSize, rows), test = Wanted(testSize, rows);
        if (rows > 0 && validation + test >= rows)
        {
            if (validationSize >= 1 || testSize >= 1)
                throw new InvalidInputException($"{validation} rows for validation and {test} for the test leave nothing of {rows} rows to train on.", "val_size", "Ask for fewer, or add rows.");
            notes.Add($"With {rows} rows none can be kept aside: everything is trained on.");
            return new SplitPlan(new SplitPart[rows], notes);
        }

        SplitPart[] parts = Assign(group == SplitGroup.Question ? questions : wholes, validation, test, seed);
        if (group == SplitGroup.Question && IsMissing(parts, validation, test))
        {
            notes.Add("Too many rows ask the same to keep equal questions on one side; only equal rows are kept together.");
            parts = Assign(wholes, validation, test, seed);
        }
        if (IsMissing(parts, validation, test)) notes.Add("Too many rows are equal: a part of the split is smaller than asked for.");
        return new SplitPlan(parts, notes);
    }

    internal static int Wanted(double size, int rows) => size switch
    {
        0 => 0,
        < 1 => Math.Max(1, (int)Math.Round(size * rows, MidpointRounding.AwayFromZero)),
        _ => (int)Math.Min(size, int.MaxValue / 2),
    };

    // Groups are numbered in the order in which they first appear. Tables that grow with the rows are mapped, not held.
    private static SplitPart[] Assign(IReadOnlyList<UInt128> keys, int validation, int test, long seed)
    {
        var parts = new SplitPart[keys.Count];
        if (validation + test == 0) return parts;
        using var numbers = new FingerprintTable();
        using var groupOf = new MappedArray<int>(keys.Count);
        using var sizes = new MappedArray<int>(keys.Count);
        for (int i = 0; i < parts.Length; i++)
        {
            int group = (int)numbers.GetOrAdd(keys[i], numbers.Count);
            groupOf[i] = group;
            sizes[group]++;
        }

        var partOf = new SplitPart[numbers.Count];
        foreach (int g in RandomPermutation.Of((int)numbers.Count, seed))
        {
            int size = sizes[g];
            SplitPart part = size <= test ? SplitPart.Test : size <= validation ? SplitPart.Validation : SplitPart.Train;
            if (part == SplitPart.Test) test -= size;
            else if (part == SplitPart.Validation) validation -= size;
            partOf[g] = part;
        }
        for (int i = 0; i < parts.Length; i++) parts[i] = partOf[groupOf[i]];
        return parts;
    }

    // A part is missing when less than half of what was asked for could be taken.
    private static bool IsMissing(SplitPart[] parts, int validation, int test) =>
        parts.Count(p => p == SplitPart.Validation) * 2 < validation || parts.Count(p => p == SplitPart.Test) * 2 < test || (parts.Length > 0 && !parts.Contains(SplitPart.Train));
}
