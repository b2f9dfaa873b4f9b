using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Training.Loop;

namespace TuneSharp.Application.Runs;

/// <summary>
/// One line of <c>events.jsonl</c>: <c>{"event": "step", "seq": 12, "time": "…", "step": 3, "loss": …}</c>. What a run tells
/// about its training is Training's own <see cref="TrainEvent"/>; what it tells about itself is declared here. Readers ignore
/// fields and kinds that they do not know; a change that they cannot ignore raises the version in the first line.
/// </summary>
/// <param name="Seq">Number of the event, from 0.</param>
/// <param name="Body">One of the records that <see cref="RunEventJson"/> lists.</param>
public sealed record RunEvent(long Seq, DateTimeOffset Time, object Body)
{
    /// <summary>The optimizer step that the event belongs to; 0 for events without one.</summary>
    public int Step => Body switch
    {
        StepCompleted step => step.Step,
        EvalCompleted eval => eval.Step,
        CheckpointSaved checkpoint => checkpoint.Step,
        Warning warning => warning.Step,
        _ => 0,
    };
}

/// <summary>First line of every log.</summary>
public sealed record LogOpened(int Version, string Run);

/// <summary>The run changed its state.</summary>
public sealed record StateChanged(RunState State, int Attempt, string? Reason = null);

/// <summary>What the worker found and chose before it began to train.</summary>
/// <param name="MaxLength">Tokens of the longest row that is used.</param>
/// <param name="DataReport">The data in one sentence: rows, lengths, what was cut or left out.</param>
public sealed record Prepared(int TrainRows, int ValidationRows, int TestRows, int MaxLength, string ComputeDtype, string WeightsDtype, int Threads, string DataReport);

/// <summary>What the run is expected to take, before its first step.</summary>
/// <param name="MemoryBytes">Anonymous memory at the fullest moment.</param>
/// <param name="FreeBytes">What the machine could give before the model was loaded.</param>
/// <param name="Seconds">For all steps, from a short measurement of this machine; validation and saving aside.</param>
public sealed record Estimated(long MemoryBytes, long FreeBytes, double Seconds);

/// <summary>The worker took up a checkpoint: events of later steps that an earlier worker wrote are void.</summary>
/// <param name="Step">Completed steps of that checkpoint; 0 if there was none.</param>
/// <param name="Differences">What differs from the first start so that bits may differ; empty on the same machine.</param>
public sealed record Resumed(int Step, IReadOnlyList<string> Differences);

/// <summary>The result is complete on disk.</summary>
/// <param name="Path">Folder of the adapter or model, relative to the run folder.</param>
public sealed record ResultSaved(string Path);

/// <summary>The run ended by an error.</summary>
/// <param name="UserError">True if the text says what the person can change; false for a defect or a dead worker.</param>
public sealed record RunFailed(string Reason, bool UserError);

/// <summary>An event of a kind that this version does not know.</summary>
public sealed record UnknownEvent(string Kind, JsonObject Data);

internal static class RunEventJson
{
    private static readonly Dictionary<string, Type> Kinds = new()
    {
        ["log"] = typeof(LogOpened),
        ["state"] = typeof(StateChanged),
        ["prepared"] = typeof(Prepared),
        ["estimated"] = typeof(Estimated),
        ["resumed"] = typeof(Resumed),
        ["started"] = typeof(Started),
        ["step"] = typeof(StepCompleted),
        ["eval"] = typeof(EvalCompleted),
        ["checkpoint"] = typeof(CheckpointSaved),
        ["warning"] = typeof(Warning),
        ["finished"] = typeof(Finished),
        ["result"] = typeof(ResultSaved),
        ["failed"] = typeof(RunFailed),
    };

    private static readonly Dictionary<Type, string> Names = Kinds.ToDictionary(pair => pair.Value, pair => pair.Key);

    public static string Write(RunEvent e)
    {
        JsonObject line = new() { ["event"] = Names[e.Body.GetType()], ["seq"] = e.Seq, ["time"] = e.Time };
        JsonObject fields = JsonSerializer.SerializeToNode(e.Body, e.Body.GetType(), RunJson.Compact)!.AsObject();
        foreach ((string name, JsonNode? value) in fields.ToArray())
        {
            fields.Remove(name);
            line[name] = value;
        }

        return line.ToJsonString(RunJson.Compact);
    }

    /// <returns>Null if the line is not an event: the torn end of a log whose writer died.</returns>
    public static RunEvent? Read(string line)
    {
        try
        {
            if (JsonNode.Parse(line) is not JsonObject fields || fields["event"]?.GetValue<string>() is not { } kind) return null;
            if (fields["seq"] is not { } seq || fields["time"] is not { } time) return null;
            object body = Kinds.TryGetValue(kind, out Type? type) ? fields.Deserialize(type, RunJson.Compact)! : new UnknownEvent(kind, fields);
            return new RunEvent(seq.GetValue<long>(), time.GetValue<DateTimeOffset>(), body);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
