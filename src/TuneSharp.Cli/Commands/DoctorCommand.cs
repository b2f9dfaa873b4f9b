using System.CommandLine;
using System.Runtime.InteropServices;
using TuneSharp.Application.Machine;
using TuneSharp.Cli.Help;
using TuneSharp.Cli.Texts;

namespace TuneSharp.Cli.Commands;

/// <summary><c>tunesharp doctor</c></summary>
internal static class DoctorCommand
{
    public static Command Create(CommandHost host, GlobalOptions global)
    {
        var command = new DocumentedCommand("doctor", host.Words[DoctorTexts.Summary]) { Examples = [new("doctor", host.Words[DoctorTexts.Summary])] };
        command.SetAction(parsed =>
        {
            DoctorReport report = new Doctor(global.HomeOf(parsed, host)).Execute();
            Tell(host, report);
            return report.TorchProblem is null && report.HomeIsWritable ? ExitCode.Success : ExitCode.Failed;
        });
        return command;
    }

    private static void Tell(CommandHost host, DoctorReport report)
    {
        host.Line(DoctorTexts.Version, report.Version, Environment.Version, RuntimeInformation.OSDescription);
        host.Line(DoctorTexts.Processor, report.Machine.Processor, report.Machine.Cores, report.Machine.InstructionSet);
        host.Line(DoctorTexts.Memory, Size(report.FreeMemoryBytes), Size(report.Machine.MemoryBytes));
        if (report.HomeIsWritable) host.Line(DoctorTexts.Home, report.Home, Size(report.FreeDiskBytes));
        else host.Terminal.Error.WriteLine(host.Words.Say(DoctorTexts.HomeNotWritable, report.Home));
        if (report.TorchProblem is not null)
        {
            host.Terminal.Error.WriteLine(host.Words.Say(CommonTexts.Error, report.TorchProblem));
            return;
        }

        host.Line(DoctorTexts.Torch, report.TorchVersion, report.TorchFolder, report.Threads);
        host.Line(DoctorTexts.Dtypes, host.Words[report.HasBFloat16 ? DoctorTexts.BFloat16 : DoctorTexts.NoBFloat16]);
        foreach (MatrixProductTime product in report.Products) host.Line(DoctorTexts.Product, product.Size, product.Dtype, product.Milliseconds, product.GigaflopsPerSecond);
        if (report.HomeIsWritable) host.Line(DoctorTexts.Good);
    }

    private static string Size(long bytes) => bytes >= 10L << 30 ? $"{bytes >> 30} GiB" : $"{bytes / (double)(1 << 30):0.0} GiB";
}
