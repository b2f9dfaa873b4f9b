using System.CommandLine;
using TuneSharp.Application.Reports;
using TuneSharp.Application.Runs;
using TuneSharp.Application.Workers;
using TuneSharp.Formats;

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
            if (!new RunWorker(host.Clock, host.Processes, log).Execute(run)) return ExitCode.Failed;
            WriteReport(host, run, log);
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>A report that cannot be written does not make a run fail whose result is saved; `runs report` writes it later.</summary>
    private static void WriteReport(CommandHost host, RunFolder run, TextWriter log)
    {
        try
        {
            new WriteRunReport(host.Clock).Execute(run, host.ReportLanguage);
        }
        catch (Exception e) when (e is InvalidInputException or IOException or UnauthorizedAccessException)
        {
            log.WriteLine(e.Message);
        }
    }
}
