using System.Runtime.InteropServices;
using TuneSharp.Application.Runs;

namespace TuneSharp.Application.Workers;

/// <summary>
/// Cuts a worker off from the terminal and the process that started it: its own session, its own log for both output streams
/// (what libtorch prints when it aborts lands there too), no input. From then on closing the terminal ends nothing.
/// </summary>
public static class WorkerDetachment
{
    private const int Create = 0x40, Append = 0x400, WriteOnly = 1, CloseOnExec = 0x80000;
    private const int OwnerReadWrite = 0x180; // rw-------

    /// <returns>Writer to the worker's log. The console's own writers still lead to the starter, who may be gone.</returns>
    public static TextWriter Detach(RunFolder run)
    {
        var writer = new StreamWriter(new FileStream(run.WorkerLog, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) { AutoFlush = true };
        if (!OperatingSystem.IsLinux()) return writer; // elsewhere the streams stay pipes that the starter reads
        _ = SetSession();
        int log = Open(run.WorkerLog, WriteOnly | Create | Append | CloseOnExec, OwnerReadWrite);
        if (log < 0) throw new IOException($"{run.WorkerLog} cannot be opened.");
        int nothing = Open("/dev/null", 0, 0);
        _ = Duplicate(nothing, 0);
        _ = Duplicate(log, 1);
        _ = Duplicate(log, 2);
        _ = Close(log);
        _ = Close(nothing);
        return writer;
    }

    [DllImport("libc", EntryPoint = "setsid")]
    private static extern int SetSession();

    [DllImport("libc", EntryPoint = "open")]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mode);

    [DllImport("libc", EntryPoint = "dup2")]
    private static extern int Duplicate(int from, int to);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
