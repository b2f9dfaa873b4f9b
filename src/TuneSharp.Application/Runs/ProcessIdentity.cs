using System.Diagnostics;

namespace TuneSharp.Application.Runs;

/// <summary>
/// Names one process for good: a process id alone is used again by the system, so the start time belongs to it, and the
/// boot, so that a file from before a restart is recognised.
/// </summary>
/// <param name="Host">Name of the machine.</param>
/// <param name="Boot">Kernel's boot id; empty where there is none.</param>
/// <param name="Pid">Process id.</param>
/// <param name="StartTime">Clock ticks since boot (Linux, /proc/PID/stat field 22) or 100 ns ticks (elsewhere).</param>
public sealed record ProcessIdentity(string Host, string Boot, int Pid, long StartTime);

/// <summary>What can be said about a process from here.</summary>
public enum ProcessPresence
{
    Alive,
    Dead,

    /// <summary>It belongs to another machine: only its heartbeat tells.</summary>
    Elsewhere,
}

/// <summary>The system's list of processes; tests put another in its place.</summary>
public interface IProcessTable
{
    ProcessIdentity Current { get; }

    ProcessPresence Look(ProcessIdentity process);
}

/// <summary>Reads <c>/proc</c> on Linux and asks the runtime elsewhere.</summary>
public sealed class SystemProcessTable : IProcessTable
{
    private static readonly string Boot = ReadBoot();

    public ProcessIdentity Current { get; } = new(Environment.MachineName, Boot, Environment.ProcessId, StartTime(Environment.ProcessId) ?? 0);

    public ProcessPresence Look(ProcessIdentity process)
    {
        if (process.Host != Environment.MachineName) return ProcessPresence.Elsewhere;
        if (process.Boot != Boot) return ProcessPresence.Dead;
        return StartTime(process.Pid) == process.StartTime ? ProcessPresence.Alive : ProcessPresence.Dead;
    }

    private static string ReadBoot()
    {
        const string File = "/proc/sys/kernel/random/boot_id";
        return System.IO.File.Exists(File) ? System.IO.File.ReadAllText(File).Trim() : "";
    }

    /// <returns>Null if there is no such process, or only its remains (a zombie that nobody has waited for).</returns>
    private static long? StartTime(int pid)
    {
        try
        {
            if (!OperatingSystem.IsLinux())
            {
                using var process = Process.GetProcessById(pid);
                return process.StartTime.ToUniversalTime().Ticks;
            }

            // The second field is the program's name in parentheses and may hold anything: read after its last ')'.
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : long.Parse(fields[19]);
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null;
        }
    }
}
