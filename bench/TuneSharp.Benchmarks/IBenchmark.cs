namespace TuneSharp.Benchmarks;

/// <summary>
/// One measurement. It prints what it did, on which machine, and ratios taken in one run; a figure alone says little, since
/// machines differ. Nothing here is a test: nothing fails because it is slow.
/// </summary>
public interface IBenchmark
{
    /// <summary>Name on the command line.</summary>
    string Name { get; }

    /// <summary>One line: what is measured and against what.</summary>
    string Description { get; }

    int Run(string[] args);
}
