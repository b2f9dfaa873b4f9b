namespace TuneSharp.Data;

/// <summary>Collects problems without growing with the file: all are counted, the first of every kind are kept.</summary>
/// <param name="keptPerKind">How many of each kind and severity are kept.</param>
public sealed class ProblemLog(int keptPerKind = 50)
{
    private readonly List<DataProblem> _kept = [];
    private readonly Dictionary<(ProblemSeverity, string), long> _counts = [];

    /// <summary>The problems that were kept, in the order in which they came.</summary>
    public IReadOnlyList<DataProblem> Kept => _kept;

    /// <summary>How many there were of every kind, kept or not.</summary>
    public IReadOnlyDictionary<(ProblemSeverity Severity, string Kind), long> Counts => _counts;

    public long Errors => Total(ProblemSeverity.Error);

    public long Warnings => Total(ProblemSeverity.Warning);

    /// <summary>A log as it was when its parts were written down.</summary>
    public static ProblemLog Of(IEnumerable<DataProblem> kept, IEnumerable<(ProblemSeverity Severity, string Kind, long Count)> counts)
    {
        var log = new ProblemLog();
        log._kept.AddRange(kept);
        foreach ((ProblemSeverity severity, string kind, long count) in counts) log._counts[(severity, kind)] = count;
        return log;
    }

    public void Add(DataProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        (ProblemSeverity, string) key = (problem.Severity, problem.Kind);
        long count = _counts[key] = _counts.GetValueOrDefault(key) + 1;
        if (count <= keptPerKind) _kept.Add(problem);
    }

    private long Total(ProblemSeverity severity) => _counts.Where(pair => pair.Key.Item1 == severity).Sum(pair => pair.Value);
}
