using System.Text.Json;
using TuneSharp.Formats;
using TuneSharp.Formats.Files;

namespace TuneSharp.Application.Runs;

/// <summary>Content of the file <c>lock</c>.</summary>
public sealed record LockHolder(string Token, ProcessIdentity Process, DateTimeOffset Since);

/// <summary>What the lock of a run says about its worker.</summary>
public enum WorkerPresence
{
    /// <summary>Nobody holds the lock.</summary>
    None,

    /// <summary>The holder lives (or, on another machine, its heartbeat is young).</summary>
    Working,

    /// <summary>The holder's process is there, but its heartbeat is old: suspended or stuck. Its lock is not taken away.</summary>
    Silent,

    /// <summary>The holder is dead (or, on another machine, has been silent too long): the lock may be taken over.</summary>
    Stale,
}

/// <summary>
/// Right to write in a run folder, held by one process. The file <c>lock</c> names the holder; <c>heartbeat</c> is rewritten
/// every two seconds. A lock is stale when its process is gone (same machine: process id, start time, boot) or when the
/// heartbeat of another machine is older than <see cref="StaleAfter"/>. Taking and taking over happen under an advisory
/// lock of the system on <c>lock.guard</c>, so that two processes never both find the same stale lock and take it.
/// </summary>
public sealed class RunLock : IDisposable
{
    public static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan StaleAfter = TimeSpan.FromMinutes(2);

    private readonly RunFolder _run;
    private readonly LockHolder _holder;
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private readonly Lock _beating = new();
    private bool _released;

    private RunLock(RunFolder run, LockHolder holder, TimeProvider clock)
    {
        _run = run;
        _holder = holder;
        _clock = clock;
        Beat();
        _timer = clock.CreateTimer(_ => Beat(), null, BeatEvery, BeatEvery);
    }

    /// <summary>Set when the file names another holder: this process must stop writing at once.</summary>
    public bool IsLost { get; private set; }

    /// <exception cref="InvalidInputException">Another process holds it.</exception>
    public static RunLock Take(RunFolder run, TimeProvider clock, IProcessTable processes) =>
        TryTake(run, clock, processes, out LockHolder? other)
        ?? throw new InvalidInputException($"Run '{run.Id}' is in use by process {other!.Process.Pid} on {other.Process.Host} since {other.Since:u}.", run.Path,
            $"Wait for it, or stop it: `tunesharp runs stop {run.Id}`.");

    /// <returns>Null if <paramref name="other"/> holds it.</returns>
    public static RunLock? TryTake(RunFolder run, TimeProvider clock, IProcessTable processes, out LockHolder? other)
    {
        using FileStream guard = OpenGuard(run);
        if (Look(run, clock, processes, out other) is WorkerPresence.Working or WorkerPresence.Silent) return null;
        var holder = new LockHolder(Guid.NewGuid().ToString("N"), processes.Current, clock.GetUtcNow());
        AtomicFile.WriteText(run.Lock, JsonSerializer.Serialize(holder, RunJson.Indented));
        return new RunLock(run, holder, clock);
    }

    /// <summary>Says who holds the lock and whether it lives; changes nothing.</summary>
    public static WorkerPresence Look(RunFolder run, TimeProvider clock, IProcessTable processes, out LockHolder? holder)
    {
        holder = ReadHolder(run);
        if (holder is null) return WorkerPresence.None;
        TimeSpan silence = clock.GetUtcNow() - LastBeat(run, holder);
        return processes.Look(holder.Process) switch
        {
            ProcessPresence.Dead => WorkerPresence.Stale,
            ProcessPresence.Alive => silence > SilentAfter ? WorkerPresence.Silent : WorkerPresence.Working,
            _ => silence > StaleAfter ? WorkerPresence.Stale : silence > SilentAfter ? WorkerPresence.Silent : WorkerPresence.Working,
        };
    }

    public void Dispose()
    {
        lock (_beating)
        {
            if (_released) return;
            _released = true;
        }

        _timer.Dispose();
        using FileStream guard = OpenGuard(_run);
        if (ReadHolder(_run)?.Token != _holder.Token) return;
        File.Delete(_run.Lock);
        File.Delete(_run.Heartbeat);
    }

    private static FileStream OpenGuard(RunFolder run)
    {
        // Held for a few file operations only; the system gives it back when a process dies.
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(run.LockGuard, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < 200 && File.Exists(run.LockGuard))
            {
                Thread.Sleep(10);
            }
        }
    }

    private static LockHolder? ReadHolder(RunFolder run)
    {
        try
        {
            return JsonSerializer.Deserialize<LockHolder>(File.ReadAllText(run.Lock), RunJson.Compact);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new InvalidInputException("The lock file cannot be read.", run.Lock, "If no worker of this run is alive, delete it.", e);
        }
    }

    private static DateTimeOffset LastBeat(RunFolder run, LockHolder holder)
    {
        try
        {
            string[] beat = File.ReadAllText(run.Heartbeat).Split(' ');
            bool own = beat.Length == 2 && beat[0] == holder.Token;
            return own && DateTimeOffset.TryParse(beat[1], out DateTimeOffset time) && time > holder.Since ? time : holder.Since;
        }
        catch (IOException)
        {
            return holder.Since;
        }
    }

    private void Beat()
    {
        lock (_beating)
        {
            if (_released || IsLost) return;
            try
            {
                if (ReadHolder(_run)?.Token != _holder.Token)
                {
                    IsLost = true;
                    return;
                }

                string temporary = $"{_run.Heartbeat}.{_holder.Token}";
                File.WriteAllText(temporary, $"{_holder.Token} {_clock.GetUtcNow():O}");
                File.Move(temporary, _run.Heartbeat, overwrite: true);
            }
            catch (IOException)
            {
                // A full disk or a slow share: the next beat tries again; the process itself proves that it lives.
            }
        }
    }
}
