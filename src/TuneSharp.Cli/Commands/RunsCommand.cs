using System.CommandLine;
using TuneSharp.Application.Reports;
using TuneSharp.Application.Runs;
using TuneSharp.Application.Workers;
using TuneSharp.Cli.Help;
using TuneSharp.Cli.Rendering;
using TuneSharp.Cli.Texts;
using TuneSharp.Formats;

namespace TuneSharp.Cli.Commands;

/// <summary><c>tunesharp runs list|show|report|stop|pause|resume</c></summary>
internal static class RunsCommand
{
    public static Command Create(CommandHost host, GlobalOptions global)
    {
        Wording words = host.Words;
        var command = new DocumentedCommand("runs", words[RunsTexts.Summary])
        {
            Details = [words[RunsTexts.Details]],
            Examples = [new("runs list", words[RunsTexts.ListSummary]), new("runs show first", words[RunsTexts.ShowExample]), new("runs report first", words[RunsTexts.ReportSummary])],
        };
        var list = new Command("list", words[RunsTexts.ListSummary]);
        list.SetAction(parsed =>
        {
            List(host, global.HomeOf(parsed, host));
            return ExitCode.Success;
        });
        command.Add(list);

        var watch = new Option<bool>("--watch") { Description = words[RunsTexts.WatchOption] };
        Command show = ForOne("show", RunsTexts.ShowSummary, async (parsed, run, cancellation) =>
        {
            if (parsed.GetValue(watch)) return await new RunLauncher(host).WatchAsync(run, worker: null, fromNow: false, cancellation);
            Show(host, run);
            return ExitCode.Success;
        });
        show.Add(watch);
        command.Add(show);
        command.Add(ForOne("report", RunsTexts.ReportSummary, (_, run, _) =>
        {
            host.Line(RunTexts.Report, new WriteRunReport(host.Clock).Execute(run, host.ReportLanguage));
            return Task.FromResult(ExitCode.Success);
        }));
        command.Add(ForOne("stop", RunsTexts.StopSummary, (_, run, cancellation) => AskAsync(host, run, RunRequestKind.Stop, cancellation)));
        command.Add(ForOne("pause", RunsTexts.PauseSummary, (_, run, cancellation) => AskAsync(host, run, RunRequestKind.Pause, cancellation)));
        command.Add(ForOne("resume", RunsTexts.ResumeShortSummary, async (_, run, cancellation) =>
            new ResumeRun(host.Clock, host.Processes).Execute(run) == ResumeOutcome.Working
                ? await AskAsync(host, run, RunRequestKind.Resume, cancellation)
                : await new RunLauncher(host).StartAsync(run, detach: true, cancellation)));
        return command;

        Command ForOne(string name, Text summary, Func<ParseResult, RunFolder, CancellationToken, Task<int>> action)
        {
            var run = new Argument<string>("RUN") { Description = words[RunsTexts.RunArgument] };
            var one = new Command(name, words[summary]) { run };
            one.SetAction((parsed, cancellation) => action(parsed, RunFolder.Open(global.HomeOf(parsed, host), parsed.GetValue(run)!), cancellation));
            return one;
        }
    }

    private static void List(CommandHost host, HomeFolder home)
    {
        IReadOnlyList<string> ids = RunFolder.ListIds(home);
        if (ids.Count == 0)
        {
            host.Line(RunsTexts.None, home.Runs);
            return;
        }

        Wording words = host.Words;
        var grid = new Grid(words[RunsTexts.ColumnRun], words[RunsTexts.ColumnState], words[RunsTexts.ColumnSteps], words[RunsTexts.ColumnTrainLoss], words[RunsTexts.ColumnValidationLoss], words[RunsTexts.ColumnSince]) { Numbers = { 2, 3, 4 } };
        foreach (string id in ids)
        {
            try
            {
                RunOverview run = RunOverview.Of(RunFolder.Open(home, id), host.Clock, host.Processes);
                grid.Add(id, words[RunsTexts.StateName(run.State)], $"{run.Step}/{run.TotalSteps?.ToString() ?? "?"}", Number(run.TrainLoss), Number(run.ValidationLoss), Local(host, run.Since));
            }
            catch (InvalidInputException e)
            {
                grid.Add(id, e.Problem, "", "", "", "");
            }
        }

        grid.Write(host.Terminal);
    }

    private static void Show(CommandHost host, RunFolder folder)
    {
        RunOverview run = RunOverview.Of(folder, host.Clock, host.Processes);
        host.Line(RunTexts.Folder, folder.Path);
        host.Line(RunsTexts.ShowState, host.Words[RunsTexts.StateName(run.State)], Local(host, run.Since));
        if (run.Reason is not null) host.Line(RunsTexts.ShowReason, run.Reason);
        host.Line(RunsTexts.ShowSteps, run.Step, run.TotalSteps?.ToString() ?? "?");
        if (run.TrainLoss is not null) host.Line(RunsTexts.ShowLosses, Number(run.TrainLoss), Number(run.ValidationLoss));
        if (run.LastCheckpoint is { } checkpoint) host.Line(RunsTexts.ShowCheckpoint, checkpoint);
        if (run.Holder is { } holder) host.Line(RunsTexts.ShowWorker, holder.Process.Pid, holder.Process.Host, host.Words[RunsTexts.PresenceName(run.Worker)]);
        if (run.Result is not null) host.Line(RunsTexts.ShowResult, Path.Combine(folder.Path, run.Result));
        if (run.State.CanResume()) host.Line(RunTexts.GoOn, folder.Id);
    }

    private static async Task<int> AskAsync(CommandHost host, RunFolder run, RunRequestKind request, CancellationToken cancellation)
    {
        new AskRun(host.Clock, host.Processes).Execute(run, request);
        host.Line(RunsTexts.Asked, run.Id, host.Words[request switch { RunRequestKind.Stop => RunsTexts.ToStop, RunRequestKind.Pause => RunsTexts.ToPause, _ => RunsTexts.ToResume }]);
        RunOverview overview = await new AskRun(host.Clock, host.Processes).WaitAsync(run, request, cancellation);
        host.Line(RunsTexts.NowIs, run.Id, host.Words[RunsTexts.StateName(overview.State)], overview.Step);
        return overview.State == RunState.Failed ? ExitCode.Failed : ExitCode.Success;
    }

    private static string Number(double? number) => number is { } value ? value.ToString("0.0000") : "–";

    private static string Local(CommandHost host, DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, host.Clock.LocalTimeZone).ToString("yyyy-MM-dd HH:mm:ss");
}
