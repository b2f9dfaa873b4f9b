using System.Text.Json;
using TuneSharp.Formats;
using TuneSharp.Formats.Files;

namespace TuneSharp.Application.Runs;

/// <summary>What the worker of a run has to do.</summary>
public enum RunKind
{
    FineTune,
    Pretrain,
}

/// <summary>Content of <c>state.json</c>. Only the holder of the lock writes it, always as a whole.</summary>
/// <param name="Version">Version of the run folder protocol.</param>
/// <param name="Attempt">Number of the worker that works or worked last; 0 before the first.</param>
/// <param name="Reason">Why the run is in that state, where that is not obvious.</param>
public sealed record RunStatus(int Version, RunKind Kind, RunState State, DateTimeOffset Since, int Attempt, string? Reason = null)
{
    public const int ProtocolVersion = 1;

    public static RunStatus New(RunKind kind, TimeProvider clock) => new(ProtocolVersion, kind, RunState.Queued, clock.GetUtcNow(), 0);

    public static RunStatus Read(RunFolder run)
    {
        try
        {
            RunStatus status = JsonSerializer.Deserialize<RunStatus>(File.ReadAllText(run.State), RunJson.Compact)
                ?? throw new JsonException("It is empty.");
            if (status.Version <= ProtocolVersion) return status;
            throw new InvalidInputException($"This run was written by a newer version of the program (protocol {status.Version}; this one knows {ProtocolVersion}).", run.State);
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw new InvalidInputException("The state of the run cannot be read.", run.State, e is FileNotFoundException ? null : e.Message, e);
        }
    }

    public void Write(string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(this, RunJson.Indented));

    /// <summary>The status after a transition.</summary>
    /// <exception cref="InvalidOperationException">The protocol has no such transition.</exception>
    public RunStatus Become(RunState next, TimeProvider clock, string? reason = null)
    {
        if (!State.CanBecome(next)) throw new InvalidOperationException($"A run cannot go from {State} to {next}.");
        return this with { State = next, Since = clock.GetUtcNow(), Reason = reason, Attempt = next == RunState.Starting ? Attempt + 1 : Attempt };
    }
}
