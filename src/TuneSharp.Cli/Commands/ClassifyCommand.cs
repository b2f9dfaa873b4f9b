using System.CommandLine;
using TuneSharp.Application.Classifying;
using TuneSharp.Application.Models;
using TuneSharp.Application.Runs;
using TuneSharp.Cli.Help;
using TuneSharp.Cli.Rendering;
using TuneSharp.Cli.Texts;
using TuneSharp.Data;
using TuneSharp.Data.RowFormats;
using TuneSharp.Formats;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models.Settings;

namespace TuneSharp.Cli.Commands;

/// <summary><c>tunesharp classify MODEL|RUN "text"</c>, <c>tunesharp classify MODEL|RUN --file FILE [--out FILE]</c></summary>
internal static class ClassifyCommand
{
    private const int DefaultBatchTokens = 4096;

    public static Command Create(CommandHost host, GlobalOptions global)
    {
        Wording words = host.Words;
        var model = new Argument<string>("MODEL") { Description = words[ClassifyTexts.Model] };
        var texts = new Argument<string[]>("TEXT") { Description = words[ClassifyTexts.TextArgument], Arity = new ArgumentArity(0, 2) };
        var file = new Option<string?>("--file") { Description = words[ClassifyTexts.File], HelpName = "FILE" };
        var output = new Option<string?>("--out") { Description = words[ClassifyTexts.Out], HelpName = "FILE" };
        var all = new Option<bool>("--all") { Description = words[ClassifyTexts.All] };
        var adapter = new Option<string?>("--adapter") { Description = words[ClassifyTexts.Adapter], HelpName = "ADAPTER" };
        var text = new Option<string?>("--text_column", "--text-column") { Description = words[ClassifyTexts.TextColumn], HelpName = "NAME" };
        var pair = new Option<string?>("--text_pair_column", "--text-pair-column") { Description = words[ClassifyTexts.TextPairColumn], HelpName = "NAME" };
        var label = new Option<string?>("--label_column", "--label-column") { Description = words[ClassifyTexts.LabelColumn], HelpName = "NAME" };
        var separator = new Option<string?>("--label_separator", "--label-separator") { Description = words[ClassifyTexts.LabelSeparator], HelpName = "TEXT" };
        var encoding = new Option<string>("--encoding") { Description = words[ClassifyTexts.Encoding], HelpName = "NAME", DefaultValueFactory = _ => "auto" };
        var batch = new Option<int>("--batch_tokens", "--batch-tokens") { Description = words[ClassifyTexts.BatchTokens], HelpName = "N", DefaultValueFactory = _ => DefaultBatchTokens };
        var threads = new Option<int?>("--threads") { Description = words[EvalTexts.Threads], HelpName = "N" };
        var command = new DocumentedCommand("classify", words[ClassifyTexts.Summary])
        {
            Details = [words[ClassifyTexts.Details]],
            Examples =
            [
                new("classify moods \"The soup was cold.\"", words[ClassifyTexts.ExampleText]),
                new("classify moods --file reviews.csv --text_column review --out predictions.jsonl", words[ClassifyTexts.ExampleFile]),
                new("classify models/my-classifier --file lines.txt --all --out predictions.csv", words[ClassifyTexts.ExampleAll]),
            ],
        };
        command.Add(model);
        command.Add(texts);
        foreach (Option option in (Option[])[file, output, all, adapter, text, pair, label, separator, encoding, batch, threads]) command.Add(option);
        command.SetAction((parsed, cancellation) =>
        {
            string[] given = parsed.GetValue(texts) ?? [];
            EvalCommand.RefuseUnknownOption(command, given);
            string? path = parsed.GetValue(file);
            if (path is null == (given.Length == 0)) throw new InvalidInputException(path is null ? "There is nothing to classify." : "A text and a file are given.", null, path is null ? "Give a text, or a file with --file." : "Give one of the two.");
            if (path is null && parsed.GetValue(output) is not null) throw new InvalidInputException("--out is for the predictions of a file.", "--out", "Give the file with --file.");
            OutputFile.RefuseExisting(parsed.GetValue(output), null);
            HomeFolder home = global.HomeOf(parsed, host);
            ModelReference reference = ModelReference.ResolveWith(home, parsed.GetValue(model)!, parsed.GetValue(adapter) is { } named ? [named] : []);
            using LoadedClassifier classifier = LoadedClassifier.Load(reference, new ModelSettings(), parsed.GetValue(threads));
            var classify = new ClassifyRows(classifier, EvalCommand.AtLeastOne("batch_tokens", parsed.GetValue(batch)));
            if (path is null)
            {
                Tell(host, classify.Run(given[0], given.Length > 1 ? given[1] : null, cancellation), parsed.GetValue(all));
                return Task.FromResult(ExitCode.Success);
            }
            LabelColumns columns = new(parsed.GetValue(text), parsed.GetValue(pair), parsed.GetValue(label), parsed.GetValue(separator));
            ClassifyFileRequest request = new(path, columns, parsed.GetValue(encoding)!, parsed.GetValue(all)) { Warn = problem => host.Terminal.Error.WriteLine(words.Message(problem)) };
            Tell(host, classifier, new ClassifyFile(host.Clock).Execute(classifier, classify, request, parsed.GetValue(output), host.Terminal.Out, Progress(host, parsed.GetValue(output)), cancellation), parsed.GetValue(output));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    // One line a class: name, tab, probability; the best alone unless all are asked for.
    private static void Tell(CommandHost host, Prediction prediction, bool all)
    {
        if (prediction.Labels.Problem == ProblemType.Regression)
        {
            host.Terminal.Out.WriteLine(prediction.Answer);
            return;
        }
        IEnumerable<string> shown = all ? prediction.Labels.Names.OrderByDescending(name => prediction.Scores[prediction.Labels.IndexOf(name)!.Value]) : prediction.Classes;
        foreach (string name in shown) host.Terminal.Out.WriteLine($"{EvaluationTable.Plain(name)}\t{prediction.Scores[prediction.Labels.IndexOf(name)!.Value]:0.0000}");
    }

    // Predictions that go to standard output are alone there: what is said about them goes to the error stream.
    private static void Tell(CommandHost host, LoadedClassifier classifier, ClassifiedFile classified, string? output)
    {
        if (classified.Cut > 0) host.Terminal.Error.WriteLine(host.Words.Say(ClassifyTexts.Cut, classified.Cut, classifier.Text.Context));
        if (classified.Unlabelled > 0) host.Terminal.Error.WriteLine(host.Words.Say(ClassifyTexts.Unlabelled, classified.Unlabelled));
        if (output is null) return;
        if (classified.Measured is { } measured)
        {
            new EvaluationTable(host).WriteNumbers([measured]);
            if (measured.Classes is { } classes) new ClassTable(host).Write(measured.Name, classes);
            host.Terminal.Out.WriteLine();
        }
        host.Line(ClassifyTexts.Done, classified.Rows, EventSentences.Duration(classified.Elapsed), classified.Rows / Math.Max(classified.Elapsed.TotalSeconds, 1e-9), output);
    }

    private static Action<int>? Progress(CommandHost host, string? output)
    {
        if (!host.Terminal.IsScreen || output is null) return null;
        long told = host.Clock.GetTimestamp();
        return rows =>
        {
            if (host.Clock.GetElapsedTime(told).TotalMilliseconds < 500) return;
            told = host.Clock.GetTimestamp();
            host.Terminal.Out.Write("\r\u001b[K" + host.Words.Say(ClassifyTexts.Progress, rows) + "\r");
        };
    }
}
