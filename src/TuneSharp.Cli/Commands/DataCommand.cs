using System.CommandLine;
using TuneSharp.Application.Datasets;
using TuneSharp.Cli.Help;
using TuneSharp.Cli.Rendering;
using TuneSharp.Cli.Texts;
using TuneSharp.Data;
using TuneSharp.Data.Checking;
using TuneSharp.Data.Classification;
using TuneSharp.Data.Rendering;

namespace TuneSharp.Cli.Commands;

/// <summary><c>tunesharp data check FILE</c>, <c>tunesharp data show FILE --row N</c>, and the commands beside them.</summary>
internal static class DataCommand
{
    private const int MostProblems = 50;

    public static Command Create(CommandHost host, GlobalOptions global) =>
        new DocumentedCommand("data", host.Words[DataTexts.Summary])
        {
            Check(host, global),
            Show(host, global),
            DataConvertCommand.Create(host),
        };

    private static DocumentedCommand Check(CommandHost host, GlobalOptions global)
    {
        Wording words = host.Words;
        var model = new Option<string?>("--model") { Description = words[DataTexts.Model], HelpName = "MODEL" };
        var command = new DocumentedCommand("check", words[DataTexts.CheckSummary]) { Examples = [new("data check rows.jsonl --model models/my-model", words[DataTexts.CheckExample])] };
        RowReadingOptions reading = RowReadingOptions.AddTo(command, words, rendering: true, labels: true, task: true);
        command.Add(model);
        command.SetAction(parsed =>
        {
            DatasetVerdict verdict = new CheckDataset(global.HomeOf(parsed, host), host.Clock).Execute(reading.Read(parsed), parsed.GetValue(model), new PreparationLines(host).Report);
            Tell(host, verdict);
            return verdict.Check.IsClean ? ExitCode.Success : ExitCode.BadInput;
        });
        return command;
    }

    private static void Tell(CommandHost host, DatasetVerdict verdict)
    {
        DatasetCheck check = verdict.Check;
        if (check.Reason.Length > 0) host.Line(DataTexts.IsFormat, check.Format, check.Reason, check.EncodingName);
        if (check.Labels is { } labels && check.OtherTask is null)
        {
            host.Line(DataTexts.LabelledRows, check.Rows, check.Duplicates);
            host.Line(DataTexts.Classes, Classes(host, labels));
        }
        else if (check.Reason.Length > 0) host.Line(DataTexts.Rows, check.Rows, check.Duplicates, check.LearnedAnswers);
        if (check.Lengths.Count > 0)
        {
            LengthReport lengths = check.Lengths;
            host.Line(DataTexts.Lengths, host.Words[check.LengthUnit == "tokens" ? DataTexts.Tokens : DataTexts.Characters], lengths.Shortest, lengths.Percentile(0.5), lengths.Percentile(0.9), lengths.Percentile(0.99), lengths.Longest, lengths.Total);
            if (check.LengthUnit == "tokens")
            {
                Histogram(host, lengths);
                host.Terminal.Out.WriteLine(host.Words.Message(lengths.Advice(verdict.Context)));
            }
        }
        if (check.OtherTask is { } task) host.Line(DataTexts.OtherTask, task);

        if (check.Problems.Errors + check.Problems.Warnings == 0)
        {
            if (check.IsClean) host.Line(DataTexts.Clean);
            return;
        }

        host.Line(DataTexts.Errors, check.Problems.Errors, check.Problems.Warnings);
        foreach (DataProblem problem in check.Problems.Kept.Take(MostProblems))
            host.Terminal.Out.WriteLine($"  {host.Words[problem.Severity == ProblemSeverity.Error ? DataTexts.ErrorWord : DataTexts.WarningWord]}{host.Words[DataTexts.Colon]}{host.Words.Message(problem)}");
        long more = check.Problems.Errors + check.Problems.Warnings - Math.Min(MostProblems, check.Problems.Kept.Count);
        if (more > 0) host.Line(DataTexts.MoreProblems, more);
    }

    // The most frequent classes first; values are many, and their number says it.
    private static string Classes(CommandHost host, LabelSurvey labels)
    {
        const int MostClasses = 30;
        IEnumerable<string> shown = labels.Counts.OrderByDescending(label => label.Value).ThenBy(label => label.Key, StringComparer.Ordinal).Take(MostClasses).Select(label => host.Words.Say(DataTexts.ClassCount, EvaluationTable.Plain(label.Key), label.Value));
        return string.Join(", ", labels.Counts.Count > MostClasses ? shown.Append(host.Words.Say(DataTexts.MoreClasses, labels.Counts.Count)) : shown);
    }

    // As many blocks as the share of the fullest step; a step that holds anything shows at least a thin one.
    private static void Histogram(CommandHost host, LengthReport lengths)
    {
        const int Width = 40;
        IReadOnlyList<(int UpTo, int Rows)> steps = lengths.Histogram();
        int most = steps.Max(step => step.Rows);
        foreach ((int upTo, int rows) in steps)
        {
            string bar = rows == 0 ? "" : (int)Math.Round((double)Width * rows / most) is > 0 and var blocks ? new string('█', blocks) : "▏";
            host.Terminal.Out.WriteLine($"  ≤ {upTo,6}  {bar}{(rows == 0 ? "" : " ")}{rows}");
        }
    }

    private static DocumentedCommand Show(CommandHost host, GlobalOptions global)
    {
        Wording words = host.Words;
        var row = new Option<long>("--row") { Description = words[DataTexts.Row], HelpName = "N", DefaultValueFactory = _ => 1 };
        var model = new Option<string>("--model") { Description = words[DataTexts.ShowModel], HelpName = "MODEL", Required = true };
        var system = new Option<string?>("--system") { Description = words[DataTexts.System], HelpName = "TEXT" };
        var prompt = new Option<bool>("--train_on_prompt", "--train-on-prompt") { Description = words[DataTexts.TrainOnPrompt] };
        var command = new DocumentedCommand("show", words[DataTexts.ShowSummary]) { Examples = [new("data show rows.jsonl --row 2 --model models/my-model", words[DataTexts.ShowExample])] };
        RowReadingOptions reading = RowReadingOptions.AddTo(command, words, rendering: true, labels: true, task: true);
        var last = new Option<bool>("--last_turn_only", "--last-turn-only") { Description = words[DataTexts.LastTurnOnly] };
        foreach (Option option in (Option[])[row, model, system, prompt, last]) command.Add(option);
        command.SetAction(parsed =>
        {
            DataSettings data = reading.Read(parsed) with { System = parsed.GetValue(system), TrainOnPrompt = parsed.GetValue(prompt), LastTurnOnly = parsed.GetValue(last) };
            ShownRow shown = new ShowRow(global.HomeOf(parsed, host), host.Clock).Execute(data, parsed.GetValue(model)!, parsed.GetValue(row));
            IReadOnlyList<ViewedToken> tokens = shown.Tokens;
            foreach (ViewedToken token in tokens)
                host.Terminal.Out.WriteLine($"{token.Position,5}  {(token.IsLearned ? '+' : ' ')}  {token.Id,7}  {(token.Text.Contains('\uFFFD') ? token.Token : token.Text)}");
            if (shown.Label is null) host.Line(DataTexts.Legend, tokens.Count, tokens.Count(token => token.IsLearned));
            else host.Line(DataTexts.Target, EvaluationTable.Plain(shown.Label), string.Join(", ", shown.Targets ?? []));
            return ExitCode.Success;
        });
        return command;
    }
}
