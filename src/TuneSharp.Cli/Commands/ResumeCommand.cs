using System.CommandLine;
using TuneSharp.Application.Runs;
using TuneSharp.Application.Workers;
using TuneSharp.Cli.Help;
using TuneSharp.Cli.Rendering;
using TuneSharp.Cli.Texts;

namespace TuneSharp.Cli.Commands;

/// <summary><c>tunesharp resume RUN</c></summary>
internal static class ResumeCommand
{
    public static Command Create(CommandHost host, GlobalOptions global)
    {
        Wording words = host.Words;
        var name = new Argument<string>("RUN") { Description = words[RunsTexts.RunArgument] };
        var detach = new Option<bool>("--detach") { Description = words[TrainTexts.Detach] };
        var command = new DocumentedCommand("resume", words[RunsTexts.ResumeSummary])
        {
            Details = [words[RunsTexts.ResumeDetails]],
            Examples = [new("resume first", words[RunsTexts.ResumeExample])],
        };
        command.Add(name);
        command.Add(detach);
        command.SetAction(async (parsed, cancellation) =>
        {
            RunFolder run = RunFolder.Open(global.HomeOf(parsed, host), parsed.GetValue(name)!);
            ResumeOutcome outcome = new ResumeRun(host.Clock, host.Processes).Execute(run);
            if (outcome == ResumeOutcome.Working)
            {
                host.Line(RunsTexts.StillWorking, run.Id);
                return await new RunLauncher(host).WatchAsync(run, worker: null, fromNow: true, cancellation);
            }

            return await new RunLauncher(host).StartAsync(run, parsed.GetValue(detach), cancellation);
        });
        return command;
    }
}
