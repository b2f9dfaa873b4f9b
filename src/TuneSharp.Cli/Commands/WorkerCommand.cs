using System.CommandLine;
using TuneSharp.Application.Runs;
using TuneSharp.Application.Workers;

namespace TuneSharp.Cli.Commands;

/// <summary><c>tunesharp worker FOLDER</c>: the process that trains. Started by other commands, not by people.</summary>
internal static class WorkerCommand
{
    public static Command Create(CommandHost host)
    {
        var folder = new Argument<string>("FOLDER");
        var command = new Command("worker", "Works on a run folder; started by the other commands.") { Hidden = true };
        command.Add(folder);
        command.SetAction(parsed =>
        {
            RunFolder run = RunFolder.OpenPath(parsed.GetValue(folder)!);
            using TextWriter log = WorkerDetachment.Detach(run);
            using var signals = new WorkerSignals(run);
            return new RunWorker(host.Clock, host.Processes, log).Execute(run) ? ExitCode.Success : ExitCode.Failed;
        });
        return command;
    }
}
