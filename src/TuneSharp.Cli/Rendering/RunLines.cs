using TuneSharp.Application.Runs;
using TuneSharp.Cli.Texts;
using TuneSharp.Training.Loop;

namespace TuneSharp.Cli.Rendering;

/// <summary>One line for each event, without any escape code: for files, pipes and simple terminals.</summary>
internal sealed class RunLines(CommandHost host)
{
    private readonly EventSentences _sentences = new(host.Words);

    public async Task ShowAsync(IAsyncEnumerable<RunEvent> events)
    {
        await foreach (RunEvent e in events)
        {
            if (_sentences.Of(e.Body) is { } line) host.Terminal.Out.WriteLine(line);
        }
    }
}

/// <summary>An event as a sentence; null for those that a person need not see.</summary>
internal sealed class EventSentences(Wording words)
{
    public string? Of(object body) => body switch
    {
        Prepared prepared => words.Say(RunTexts.Prepared, prepared.DataReport, prepared.ComputeDtype, prepared.Threads),
        Estimated estimated => words.Say(RunTexts.Estimated, estimated.MemoryBytes / 1e9, estimated.FreeBytes / 1e9, Duration(TimeSpan.FromSeconds(estimated.Seconds))),
        Resumed { Step: > 0, Differences.Count: 0 } resumed => words.Say(RunTexts.Resumed, resumed.Step),
        Resumed { Step: > 0 } resumed => words.Say(RunTexts.ResumedElsewhere, resumed.Step, string.Join(words[RunTexts.Between], resumed.Differences.Select(Difference))),
        Started started => words.Say(RunTexts.Started, started.TotalSteps, started.NumTrainedParameters, started.NumParameters, 100.0 * started.NumTrainedParameters / started.NumParameters),
        StepCompleted step => words.Say(RunTexts.Step, step.Step, step.TotalSteps, step.Epoch, step.Loss, step.LearningRate, step.GradNorm, step.TokensPerSecond, Remaining(step.Remaining)),
        EvalCompleted { Metrics: { Count: > 0 } metrics } eval => words.Say(RunTexts.EvalMetrics, eval.Step, eval.Loss, string.Join(", ", metrics.Select(metric => $"{metric.Key} {metric.Value:0.0000}")), eval.Best ? words[RunTexts.Best] : ""),
        EvalCompleted eval => words.Say(RunTexts.Eval, eval.Step, eval.Loss, Math.Exp(eval.Loss), eval.Best ? words[RunTexts.Best] : ""),
        CheckpointSaved checkpoint => words.Say(RunTexts.Checkpoint, checkpoint.Step),
        Warning warning => words.Say(CommonTexts.Note, warning.Message),
        Finished { Reason: StopReason.EarlyStopped } finished => words.Say(RunTexts.EarlyStopped, finished.Step, finished.ResultStep),
        StateChanged { State: RunState.Paused } => words[RunTexts.Paused],
        StateChanged { State: RunState.Stopping } => words[RunTexts.Stopping],
        _ => null,
    };

    /// <summary>"processor: this one → that one"</summary>
    private string Difference(string difference) => difference.Split(": ", 2) is [var what, var change] ? words.Say(RunTexts.Difference, what, change) : words.Message(difference);

    public string Remaining(TimeSpan? time) => time is { } left ? words.Say(RunTexts.Remaining, Duration(left)) : "";

    /// <summary>12 s · 3 min 05 s · 2 h 07 min</summary>
    public static string Duration(TimeSpan time) =>
        time.TotalSeconds < 60 ? $"{Math.Ceiling(time.TotalSeconds):0} s" : time.TotalMinutes < 60 ? $"{time.Minutes} min {time.Seconds:00} s" : $"{(int)time.TotalHours} h {time.Minutes:00} min";
}
