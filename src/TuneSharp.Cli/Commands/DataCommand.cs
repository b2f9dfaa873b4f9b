using System.CommandLine;
using TuneSharp.Application.Datasets;
using TuneSharp.Cli.Help;
using TuneSharp.Cli.Texts;
using TuneSharp.Data;
using TuneSharp.Data.Checking;
using TuneSharp.Data.Rendering;

namespace TuneSharp.Cli.Commands;

/// <summary><c>tunesharp data check FILE</c> and <c>tunesharp data show FILE --row N</c></summary>
internal static class DataCommand
{
    private const int MostProblems = 50;

    public static Command Create(CommandHost host, GlobalOptions global) =>
        new DocumentedCommand("data", host.Words[DataTexts.Summary])
        {
            Check(host, global),
            Show(host, global),
        };

    private static DocumentedCommand Check(CommandHost host, GlobalOptions global)
    {
        Wording words = host.Words;
        var file = new Argument<string>("FILE") { Description = words[DataTexts.File] };
        var format = new Option<string>("--format") { Description = words[DataTexts.Format], HelpName = "FORMAT", DefaultValueFactory = _ => "auto" };
        var model = new Option<string?>("--model") { Description = words[DataTexts.Model], HelpName = "MODEL" };
        var command = new DocumentedCommand("check", words[DataTexts.CheckSummary]) { Examples = [new("data check rows.jsonl --model models/my-model", words[DataTexts.CheckExample])] };
        command.Add(file);
        command.Add(format);
        command.Add(model);
        command.SetAction(parsed =>
        {
            DatasetVerdict verdict = new CheckDataset(global.HomeOf(parsed, host), host.Clock).Execute(parsed.GetValue(file)!, parsed.GetValue(format)!, parsed.GetValue(model));
            Tell(host, verdict);
            return verdict.Check.IsClean ? ExitCode.Success : ExitCode.BadInput;
        });
        return command;
    }

    private static void Tell(CommandHost host, DatasetVerdict verdict)
    {
        DatasetCheck check = verdict.Check;
        host.Line(DataTexts.IsFormat, check.Format, check.Reason, check.EncodingName);
        host.Line(DataTexts.Rows, check.Rows, check.Duplicates, check.LearnedAnswers);
        if (check.Lengths.Count > 0)
        {
            LengthReport lengths = check.Lengths;
            host.Line(DataTexts.Lengths, host.Words[check.LengthUnit == "tokens" ? DataTexts.Tokens : DataTexts.Characters], lengths.Shortest, lengths.Percentile(0.5), lengths.Percentile(0.9), lengths.Percentile(0.99), lengths.Longest, lengths.Total);
            if (check.LengthUnit == "tokens") host.Terminal.Out.WriteLine(lengths.Advice(verdict.Context));
        }

        if (check.Problems.Errors + check.Problems.Warnings == 0)
        {
            host.Line(DataTexts.Clean);
            return;
        }

        host.Line(DataTexts.Errors, check.Problems.Errors, check.Problems.Warnings);
        foreach (DataProblem problem in check.Problems.Kept.Take(MostProblems))
            host.Terminal.Out.WriteLine($"  {host.Words[problem.Severity == ProblemSeverity.Error ? DataTexts.ErrorWord : DataTexts.WarningWord]}: {problem}");
        long more = check.Problems.Errors + check.Problems.Warnings - Math.Min(MostProblems, check.Problems.Kept.Count);
        if (more > 0) host.Line(DataTexts.MoreProblems, more);
    }

    private static DocumentedCommand Show(CommandHost host, GlobalOptions global)
    {
        Wording words = host.Words;
        var file = new Argument<string>("FILE") { Description = words[DataTexts.File] };
        var row = new Option<long>("--row") { Description = words[DataTexts.Row], HelpName = "N", DefaultValueFactory = _ => 1 };
        var model = new Option<string>("--model") { Description = words[DataTexts.ShowModel], HelpName = "MODEL", Required = true };
        var format = new Option<string>("--format") { Description = words[DataTexts.Format], HelpName = "FORMAT", DefaultValueFactory = _ => "auto" };
        var system = new Option<string?>("--system") { Description = words[DataTexts.System], HelpName = "TEXT" };
        var prompt = new Option<bool>("--train_on_prompt", "--train-on-prompt") { Description = words[DataTexts.TrainOnPrompt] };
        var command = new DocumentedCommand("show", words[DataTexts.ShowSummary]) { Examples = [new("data show rows.jsonl --row 2 --model models/my-model", words[DataTexts.ShowExample])] };
        foreach (Option option in (Option[])[row, model, format, system, prompt]) command.Add(option);
        command.Add(file);
        command.SetAction(parsed =>
        {
            var data = new DataSettings { Dataset = parsed.GetValue(file), Format = parsed.GetValue(format)!, System = parsed.GetValue(system), TrainOnPrompt = parsed.GetValue(prompt) };
            IReadOnlyList<ViewedToken> tokens = new ShowRow(global.HomeOf(parsed, host), host.Clock).Execute(data, parsed.GetValue(model)!, parsed.GetValue(row));
            foreach (ViewedToken token in tokens)
                host.Terminal.Out.WriteLine($"{token.Position,5}  {(token.IsLearned ? '+' : ' ')}  {token.Id,7}  {(token.Text.Contains('\uFFFD') ? token.Token : token.Text)}");
            host.Line(DataTexts.Legend, tokens.Count, tokens.Count(token => token.IsLearned));
            return ExitCode.Success;
        });
        return command;
    }
}
