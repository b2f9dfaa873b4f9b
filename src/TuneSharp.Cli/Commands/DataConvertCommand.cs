using System.CommandLine;
using TuneSharp.Application.Datasets;
using TuneSharp.Cli.Help;
using TuneSharp.Cli.Texts;
using TuneSharp.Data;
using TuneSharp.Data.Conversion;

namespace TuneSharp.Cli.Commands;

/// <summary><c>tunesharp data convert FILE --to messages|alpaca|prompt-completion</c></summary>
internal static class DataConvertCommand
{
    private const int MostLosses = 20;

    private static readonly Dictionary<string, ConversionTarget> s_targets = new()
    {
        ["messages"] = ConversionTarget.Messages,
        ["alpaca"] = ConversionTarget.Alpaca,
        ["prompt-completion"] = ConversionTarget.PromptCompletion,
    };

    public static DocumentedCommand Create(CommandHost host)
    {
        Wording words = host.Words;
        var command = new DocumentedCommand("convert", words[DataTexts.ConvertSummary])
        {
            Details = [words[DataTexts.ConvertDetails]],
            Examples =
            [
                new("data convert rows.csv --to messages --out rows.jsonl", words[DataTexts.ConvertExample]),
                new("data convert talks.csv --prompt_format \"Summarize:\\n{dialogue}\" --answer_column summary --to prompt-completion --out talks.jsonl", words[DataTexts.ConvertColumnsExample]),
            ],
        };
        RowReadingOptions reading = RowReadingOptions.AddTo(command, words);
        var to = new Option<string>("--to") { Description = words[DataTexts.To], HelpName = "FORM", Required = true };
        to.AcceptOnlyFromAmong([.. s_targets.Keys]);
        var system = new Option<string?>("--system") { Description = words[DataTexts.System], HelpName = "TEXT" };
        var output = new Option<string?>("--out") { Description = words[DataTexts.Out], HelpName = "FILE" };
        var skip = new Option<bool>("--skip_broken_rows", "--skip-broken-rows") { Description = words[DataTexts.SkipBrokenRows] };
        foreach (Option option in (Option[])[to, output, system, skip]) command.Add(option);
        command.SetAction(parsed =>
        {
            DataSettings data = reading.Read(parsed) with { System = parsed.GetValue(system), SkipBrokenRows = parsed.GetValue(skip) };
            ConversionReport report = Convert(host, data, s_targets[parsed.GetValue(to)!], parsed.GetValue(output));
            Tell(host, report);
            return ExitCode.Success;
        });
        return command;
    }

    private static ConversionReport Convert(CommandHost host, DataSettings data, ConversionTarget target, string? output)
    {
        if (output is not null)
        {
            ConversionReport written = ConvertDataset.Execute(data, target, output, Stream.Null, Progress(host));
            if (host.Terminal.IsScreen) host.Terminal.Out.Write("\r\u001b[K");
            return written;
        }
        using var rows = new MemoryStream();
        ConversionReport report = ConvertDataset.Execute(data, target, null, rows);
        host.Terminal.Out.Write(System.Text.Encoding.UTF8.GetString(rows.GetBuffer(), 0, (int)rows.Length));
        return report;
    }

    // Rows may go to the standard output: what is said about them goes to the error stream.
    private static void Tell(CommandHost host, ConversionReport report)
    {
        TextWriter error = host.Terminal.Error;
        error.WriteLine(host.Words.Say(DataTexts.Converted, report.Written));
        if (report.Broken > 0) error.WriteLine(host.Words.Say(DataTexts.BrokenLeftOut, report.Broken));
        foreach (DataProblem problem in report.Problems.Kept.Where(problem => problem.Severity == ProblemSeverity.Error || problem.Row is null).Take(MostLosses)) error.WriteLine($"  {host.Words.Message(problem)}");
        if (report.NumLosses == 0)
        {
            error.WriteLine(host.Words[DataTexts.NothingLost]);
            return;
        }
        error.WriteLine(host.Words.Say(DataTexts.Lost, report.NumLosses, report.LeftOut));
        foreach (ConversionLoss loss in report.Losses.Take(MostLosses)) error.WriteLine($"  {host.Words.Message(loss.ToString())}");
        if (report.NumLosses > MostLosses) error.WriteLine(host.Words.Say(DataTexts.MoreProblems, report.NumLosses - Math.Min(MostLosses, report.Losses.Count)));
    }

    private static Action<long>? Progress(CommandHost host) => !host.Terminal.IsScreen ? null : written =>
        host.Terminal.Out.Write("\r" + host.Words.Say(DataTexts.Converting, written));
}
