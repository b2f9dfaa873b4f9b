using System.Buffers;
using System.Text;
using TuneSharp.Formats;

namespace TuneSharp.Application.Runs;

/// <summary>
/// Follows an <c>events.jsonl</c> that somebody else appends to. Each call gives the whole lines that came since the last
/// one; an unfinished last line waits for its end; a line that is no event is skipped.
/// </summary>
public sealed class EventLogReader(string path)
{
    private const int MaxLineBytes = 1 << 24;

    private readonly ArrayBufferWriter<byte> _rest = new();
    private long _position;

    /// <summary>True if the file ended in the middle of a line when it was last read.</summary>
    public bool HasTornEnd => _rest.WrittenCount > 0;

    /// <exception cref="InvalidInputException">The log was written by a newer version, or has a line without end.</exception>
    public IReadOnlyList<RunEvent> ReadNew()
    {
        var events = new List<RunEvent>();
        if (!File.Exists(path)) return events;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Position = _position;
        var buffer = new byte[1 << 16];
        for (int read; (read = file.Read(buffer)) > 0; _position += read)
        {
            int start = 0;
            for (int end; (end = Array.IndexOf(buffer, (byte)'\n', start, read - start)) >= 0; start = end + 1)
            {
                _rest.Write(buffer.AsSpan(start, end - start));
                Add(Encoding.UTF8.GetString(_rest.WrittenSpan), events);
                _rest.ResetWrittenCount();
            }

            _rest.Write(buffer.AsSpan(start, read - start));
            if (_rest.WrittenCount > MaxLineBytes) throw new InvalidInputException($"A line of the event log is longer than {MaxLineBytes} bytes.", path);
        }

        return events;
    }

    /// <summary>All events of a finished or running run, those that a resume made void left out.</summary>
    public static IReadOnlyList<RunEvent> ReadEffective(string path)
    {
        var kept = new List<RunEvent>();
        foreach (RunEvent e in new EventLogReader(path).ReadNew())
        {
            if (e.Body is Resumed resumed) kept.RemoveAll(old => old.Step > resumed.Step);
            kept.Add(e);
        }

        return kept;
    }

    private void Add(string line, List<RunEvent> events)
    {
        if (RunEventJson.Read(line) is not { } e) return;
        if (e.Body is LogOpened { Version: > EventLog.Version } log)
            throw new InvalidInputException($"The event log has version {log.Version}; this program reads up to {EventLog.Version}.", path, "Use a newer version of the program.");
        events.Add(e);
    }
}
