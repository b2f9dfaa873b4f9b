using TuneSharp.Data.Sampling;
using TuneSharp.Data.Storage;
using TuneSharp.Formats;

namespace TuneSharp.Data.Splitting;

/// <summary>
/// A split in which each class has its share of every part, and rows with the same text stay on one side. The same rows, sizes and seed
/// give the same split on every machine.
/// </summary>
public static class StratifiedSplit
{
    private const int Named = 5;

    /// <param name="texts"><see cref="RowFingerprint.Question"/> of every row.</param>
    /// <param name="classes">Class of every row from 0; below 0 for a row that is not used.</param>
    /// <param name="validationSize">A share below 1, or a number of rows. A share keeps at least a row of each class aside.</param>
    /// <param name="testSize">A share below 1, or a number of rows.</param>
    /// <param name="seed">Seed of the split.</param>
    /// <param name="names">Of the classes, for notes.</param>
    /// <exception cref="InvalidInputException">The sizes leave nothing to train on, or a number of rows is below that of the classes.</exception>
    public static SplitPlan Plan(IReadOnlyList<UInt128> texts, IReadOnlyList<int> classes, double validationSize, double testSize, long seed, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(names);
        var parts = new SplitPart[texts.Count];
        int[] rowsOf = new int[names.Count];
        foreach (int number in classes) if (number >= 0) rowsOf[number]++;
        int rows = rowsOf.Sum(), used = rowsOf.Count(count => count > 0);
        int validation = Wanted("val_size", validationSize, rows, used), test = Wanted("test_size", testSize, rows, used);
        if (validation + test == 0 || rows == 0) return new SplitPlan(parts, []);
        if (validation + test >= rows && (validationSize >= 1 || testSize >= 1))
            throw new InvalidInputException($"{validation} rows for validation and {test} for the test leave nothing of {rows} rows to train on.", "val_size", "Ask for fewer, or add rows.");
        if ((validation + test) * 2 > rows && validationSize < 1 && testSize < 1)
            return new SplitPlan(parts, [$"With {rows} rows of {used} classes none can be kept aside: everything is trained on."]);
        Assign(parts, texts, classes, Shares(rowsOf, validation), Shares(rowsOf, test), rowsOf, seed);
        string[] single = [.. names.Where((_, of) => rowsOf[of] == 1)];
        return new SplitPlan(parts, single.Length == 0 ? [] :
            [$"{single.Length} classes have only one row, which is trained on and measured nowhere: {string.Join(", ", single.Take(Named))}{(single.Length > Named ? ", …" : "")}."]);
    }

    private static int Wanted(string key, double size, int rows, int used)
    {
        int wanted = DatasetSplitter.Wanted(size, rows);
        if (size >= 1 && wanted < used)
            throw new InvalidInputException($"{key} keeps {wanted} rows aside, and there are {used} classes: not each of them can have one there.", key, $"Keep at least {used} rows aside, or 0.");
        return size == 0 ? 0 : Math.Max(wanted, used);
    }

    private static void Assign(SplitPart[] parts, IReadOnlyList<UInt128> texts, IReadOnlyList<int> classes, int[] validationOf, int[] testOf, int[] rowsOf, long seed)
    {
        using var numbers = new FingerprintTable();
        int[] groupOf = [.. texts.Select(text => (int)numbers.GetOrAdd(text, numbers.Count))];
        List<int>[] members = [.. Enumerable.Range(0, (int)numbers.Count).Select(_ => new List<int>())];
        for (int i = 0; i < groupOf.Length; i++) if (classes[i] >= 0) members[groupOf[i]].Add(i);
        int[] trained = [.. rowsOf];    // rows of each class that are not kept aside
        foreach (int g in RandomPermutation.Of(members.Length, seed))
        {
            if (members[g].Count == 0) continue;
            (int Class, int Rows)[] inGroup = [.. members[g].GroupBy(row => classes[row]).Select(of => (of.Key, of.Count()))];
            SplitPart part = inGroup.All(of => of.Rows <= testOf[of.Class]) ? SplitPart.Test : inGroup.All(of => of.Rows <= validationOf[of.Class]) ? SplitPart.Validation : SplitPart.Train;
            if (part == SplitPart.Train || inGroup.Any(of => of.Rows >= trained[of.Class])) continue;    // a class is never kept aside as a whole
            foreach ((int of, int count) in inGroup)
            {
                trained[of] -= count;
                if (part == SplitPart.Test) testOf[of] -= count;
                else validationOf[of] -= count;
            }
            foreach (int row in members[g]) parts[row] = part;
        }
    }

    /// <summary>Numbers that add up to the whole, each class with its share: what is left over goes to the largest remainders.</summary>
    private static int[] Shares(int[] rowsOf, int whole)
    {
        double all = rowsOf.Sum();
        double[] exact = [.. rowsOf.Select(rows => rows * whole / all)];
        int[] shares = [.. exact.Select(share => (int)share)];
        foreach (int of in Enumerable.Range(0, shares.Length).OrderByDescending(of => exact[of] - shares[of]).ThenBy(of => of).Take(whole - shares.Sum())) shares[of]++;
        return shares;
    }
}
