using System.Text;

namespace TuneSharp.Application.Runs;

/// <summary>
/// Appends to <c>events.jsonl</c>; one writer at a time, the holder of the lock. Each event is one write of one whole line,
/// so a reader sees it entirely or sees a torn last line, which it leaves for later. A torn line that a dead worker left is
/// closed with a line end and skipped by readers from then on: nothing is ever cut off or rewritten.
/// </summary>
public sealed class EventLog : IDisposable
{
    public const int Version = 1;

    private readonly FileStream _file;
    private readonly TimeProvider _clock;
    private readonly Lock _writing = new();
    private long _next;

    private EventLog(FileStream file, long next, TimeProvider clock)
    {
        _file = file;
        _next = next;
        _clock = clock;
    }

    public static EventLog Open(RunFolder run, TimeProvider clock)
    {
        long next = 0;
        bool torn = false;
        if (File.Exists(run.Events))
        {
            var reader = new EventLogReader(run.Events);
            foreach (RunEvent e in reader.ReadNew()) next = e.Seq + 1;
            torn = reader.HasTornEnd;
        }

        var file = new FileStream(run.Events, FileMode.Append, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 0);
        var log = new EventLog(file, next, clock);
        if (torn) file.Write("\n"u8);
        if (next == 0) log.Append(new LogOpened(Version, run.Id));
        return log;
    }

    public void Append(object body)
    {
        lock (_writing)
        {
            string line = RunEventJson.Write(new RunEvent(_next, _clock.GetUtcNow(), body));
            _file.Write(Encoding.UTF8.GetBytes(line + "\n"));
            _next++;
        }
    }

    /// <summary>Waits until what was written is on the disk itself.</summary>
    public void Flush() => _file.Flush(flushToDisk: true);

    public void Dispose() => _file.Dispose();
}
