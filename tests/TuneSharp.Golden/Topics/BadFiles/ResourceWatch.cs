using System.Diagnostics;

namespace TuneSharp.Golden.Topics.BadFiles;

/// <summary>Time and memory that an action takes: the peak of the process' resident memory above its start, looked at every few milliseconds.</summary>
internal sealed record ResourceWatch(double Milliseconds, long PeakBytes)
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
        }) { IsBackground = true };
        watcher.Start();
        long start = Stopwatch.GetTimestamp();
        try { action(); }
        finally
        {
            done.Set();
            watcher.Join();
        }
        return new ResourceWatch(Stopwatch.GetElapsedTime(start).TotalMilliseconds, peak - before);
    }
}
