using TuneSharp.Application.Classifying;
using TuneSharp.Application.Runs;
using TuneSharp.Cli.Texts;

namespace TuneSharp.Cli.Rendering;

/// <summary>The last lines about a run that no worker works on any more, and the exit code that they mean.</summary>
internal sealed class RunEnding(CommandHost host)
{
    public int Tell(RunFolder run, bool interrupted)
    {
        RunOverview overview = RunOverview.Of(run, host.Clock, host.Processes);
        switch (overview.State)
        {
            case RunState.Finished:
                host.Line(RunTexts.Finished, run.Id, Path.Combine(run.Path, overview.Result ?? ""));
                if (File.Exists(run.Report)) host.Line(RunTexts.Report, run.Report);
                host.Line(ClassifierRun.Is(run) ? RunTexts.UseIt : RunTexts.TalkToIt, run.Id);
                return ExitCode.Success;
            case RunState.Stopped:
                host.Line(RunTexts.Stopped, run.Id, overview.Step);
                host.Line(RunTexts.GoOn, run.Id);
                return interrupted ? ExitCode.Interrupted : ExitCode.Success;
            default:
                host.Terminal.Error.WriteLine(host.Words.Say(CommonTexts.Error, overview.Reason));
                bool userError = IsUserError(run);
                if (overview.LastCheckpoint is { } step) host.Terminal.Error.WriteLine(host.Words.Say(RunTexts.ResumeFromCheckpoint, run.Id, step));
                else host.Terminal.Error.WriteLine(host.Words.Say(userError ? RunTexts.CorrectAndStart : RunTexts.NothingSaved, run.Id, run.WorkerLog));
                return userError ? ExitCode.BadInput : ExitCode.Failed;
        }
    }

    private static bool IsUserError(RunFolder run) => new EventLogReader(run.Events).ReadNew().Select(e => e.Body).OfType<RunFailed>().LastOrDefault()?.UserError == true;
}
