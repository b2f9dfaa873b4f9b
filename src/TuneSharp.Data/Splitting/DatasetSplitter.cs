using TuneSharp.Data.Sampling;
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
        var notes = new List<string>();
        int validation = Wanted(validationSize, rows.Count), test = Wanted(testSize, rows.Count);
        if (rows.Count > 0 && validation + test >= rows.Count)
        {
            if (validationSize >= 1 || testSize >= 1)
                throw new InvalidInputException($"{validation} rows for validation and {test} for the test leave nothing of {rows.Count} rows to train on.", "val_size", "Ask for fewer, or add rows.");
            notes.Add($"With {rows.Count} rows none can be kept aside: everything is trained on.");
            return new DatasetSplit(rows, [], [], notes);
        }

        Part[] parts = Assign(rows, validation, test, seed, group);
        if (group == SplitGroup.Question && IsMissing(parts, validation, test))
        {
            notes.Add("Too many rows ask the same to keep equal questions on one side; only equal rows are kept together.");
            parts = Assign(rows, validation, test, seed, SplitGroup.Row);
        }
        if (IsMissing(parts, validation, test)) notes.Add("Too many rows are equal: a part of the split stays empty.");
        return new DatasetSplit(Pick(Part.Train), Pick(Part.Validation), Pick(Part.Test), notes);

        List<DatasetRow> Pick(Part part) => [.. rows.Where((_, i) => parts[i] == part)];
    }

    private enum Part
    {
        Train,
        Validation,
        Test,
    }

    private static int Wanted(double size, int rows) => size switch
    {
        0 => 0,
        < 1 => Math.Max(1, (int)Math.Round(size * rows, MidpointRounding.AwayFromZero)),
        _ => (int)Math.Min(size, int.MaxValue / 2),
    };

    private static Part[] Assign(IReadOnlyList<DatasetRow> rows, int validation, int test, long seed, SplitGroup group)
    {
        var parts = new Part[rows.Count];
        if (validation + test == 0) return parts;
        var numbers = new Dictionary<UInt128, int>();
        var groups = new List<List<int>>();
        for (int i = 0; i < rows.Count; i++)
        {
            UInt128 key = group == SplitGroup.Question ? RowFingerprint.Question(rows[i]) : RowFingerprint.Normalised(rows[i]);
            if (!numbers.TryGetValue(key, out int number))
            {
                numbers.Add(key, number = groups.Count);
                groups.Add([]);
            }
            groups[number].Add(i);
        }
        foreach (int g in RandomPermutation.Of(groups.Count, seed))
        {
            int size = groups[g].Count;
            Part part = size <= test ? Part.Test : size <= validation ? Part.Validation : Part.Train;
            if (part == Part.Test) test -= size;
            else if (part == Part.Validation) validation -= size;
            foreach (int i in groups[g]) parts[i] = part;
        }
        return parts;
    }

    // A part is missing when less than half of what was asked for could be taken.
    private static bool IsMissing(Part[] parts, int validation, int test) =>
        parts.Count(p => p == Part.Validation) * 2 < validation || parts.Count(p => p == Part.Test) * 2 < test || !parts.Contains(Part.Train);
}
