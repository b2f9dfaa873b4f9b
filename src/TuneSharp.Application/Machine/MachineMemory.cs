namespace TuneSharp.Application.Machine;

/// <summary>How much memory the machine can still give.</summary>
public static class MachineMemory
{
    private const string SystemFile = "/proc/meminfo";

    /// <summary>Bytes without swapping, within the limit of a container.</summary>
    public static long Free()
    {
        long limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        string? line = File.Exists(SystemFile) ? File.ReadLines(SystemFile).FirstOrDefault(candidate => candidate.StartsWith("MemAvailable:", StringComparison.Ordinal)) : null;
        return line is null ? limit : Math.Min(limit, long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024);
    }
}
