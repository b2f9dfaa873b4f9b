using System.Diagnostics;

namespace TuneSharp.Golden.Topics.BadFiles;

/// <summary>
/// Time and memory that an action takes: wall clock, the process' processor time (which does not count what other programs
/// take from a busy machine), and the peak of its resident memory above the start, looked at every few milliseconds.
/// </summary>
internal sealed record ResourceWatch(double Milliseconds, double ProcessorMilliseconds, long PeakBytes)
{
    private const int IntervalMilliseconds = 5;

    public static ResourceWatch Run(Action action)
    {
        GC.Collect();
        long before = Environment.WorkingSet, peak = before;
        using var done = new ManualResetEventSlim();
        var watcher = new Thread(() =>
        {
            do peak = Math.Max(peak, Environment.WorkingSet);
            while (!done.Wait(IntervalMilliseconds));
        })
        { IsBackground = true };
        watcher.Start();
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        try { action(); }
        finally
        {
            done.Set();
            watcher.Join();
        }
        return new ResourceWatch(Stopwatch.GetElapsedTime(start).TotalMilliseconds, (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds, peak - before);
    }
}
