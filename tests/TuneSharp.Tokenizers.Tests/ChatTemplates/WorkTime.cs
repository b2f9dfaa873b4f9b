using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TuneSharp.Tokenizers.Tests.ChatTemplates;

/// <summary>How long something worked: the time on the clock, or this process's time on the processors where a busy machine gives it less.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct WorkTime
{
    private readonly long _started;
    private readonly TimeSpan _cpuBefore;

    private WorkTime(long started, TimeSpan cpuBefore)
    {
        _started = started;
        _cpuBefore = cpuBefore;
    }

    public TimeSpan Elapsed
    {
        get
        {
            TimeSpan onClock = Stopwatch.GetElapsedTime(_started), onProcessors = Environment.CpuUsage.TotalTime - _cpuBefore;
            return onClock < onProcessors ? onClock : onProcessors;
        }
    }

    public static WorkTime Start() => new(Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
}
