using System.CommandLine;
using TuneSharp.Application.Classifying;
using TuneSharp.Application.Measuring;
using TuneSharp.Application.Models;
using TuneSharp.Application.Recipes;
using TuneSharp.Application.Reports;
using TuneSharp.Application.Runs;
using TuneSharp.Cli.Help;
using TuneSharp.Cli.Rendering;
using TuneSharp.Cli.Texts;
using TuneSharp.Data;
using TuneSharp.Evaluation.Metrics;
using TuneSharp.Formats;

namespace TuneSharp.Cli.Commands;

/// <summary><c>tunesharp eval MODEL|RUN … --data FILE [--adapter A] [--metrics rouge,bleu,…]</c></summary>
internal static class EvalCommand
{
    public static Command Create(CommandHost host, GlobalOptions global)
    {
        Wording words = host.Words;
        var models = new Argument<string[]>("MODEL") { Description = words[EvalTexts.Models], Arity = ArgumentArity.OneOrMore };
        var data = new Option<string>("--data") { Description = words[EvalTexts.Data], HelpName = "FILE", Required = true };
        var adapter = new Option<string[]>("--adapter") { Description = words[EvalTexts.Adapter], HelpName = "ADAPTER" };
        var metrics = new Option<string>("--metrics") { Description = words.Say(EvalTexts.Metrics, string.Join(", ", [.. MetricSelection.LossNames, .. MetricCatalog.All.Select(metric => metric.Name)])), HelpName = "NAMES", DefaultValueFactory = _ => "loss,perplexity,exact_match" };
        var language = new Option<string>("--language") { Description = words[EvalTexts.Language], HelpName = "LANGUAGE", DefaultValueFactory = _ => "auto" };
        var system = new Option<string?>("--system") { Description = words[DataTexts.System], HelpName = "TEXT" };
        var most = new Option<int?>("--max_samples", "--max-samples") { Description = words[EvalTexts.MaxSamples], HelpName = "N" };
        var lossOnly = new Option<bool>("--loss_only", "--loss-only") { Description = words[EvalTexts.LossOnly] };
        var show = new Option<int>("--show") { Description = words[EvalTexts.Show], HelpName = "N" };
        var worst = new Option<int>("--worst") { Description = words[EvalTexts.Worst], HelpName = "N" };
        var best = new Option<int>("--best") { Description = words[EvalTexts.Best], HelpName = "N" };
        var batch = new Option<int>("--batch_size", "--batch-size") { Description = words[EvalTexts.BatchSize], HelpName = "N", DefaultValueFactory = _ => 16 };
        var threads = new Option<int?>("--threads") { Description = words[EvalTexts.Threads], HelpName = "N" };
        var json = new Option<bool>("--json") { Description = words[EvalTexts.Json] };
        var output = new Option<string?>("--out") { Description = words[EvalTexts.Out], HelpName = "FILE" };
        var answers = new Option<string?>("--answers") { Description = words[EvalTexts.Answers], HelpName = "FILE" };
        var command = new DocumentedCommand("eval", words[EvalTexts.Summary])
        {
            Details = [words[EvalTexts.Details]],
            Examples =
            [
                new("eval models/my-model first --data test.jsonl", words[EvalTexts.ExampleRun]),
                new("eval models/my-model first --data test.jsonl --metrics rouge,bleu,chrf,f1 --worst 3", words[EvalTexts.ExampleMetrics]),
                new("eval first --data test.jsonl --metrics rouge --out result.json --answers answers.jsonl", words[EvalTexts.ExampleFiles]),
                new("eval models/my-model --adapter runs/first/adapter --data test.jsonl --show 3", words[EvalTexts.ExampleAdapter]),
            ],
        };
        command.Add(models);
        foreach (Option option in (Option[])[data, adapter, metrics, language, system, most, lossOnly, show, worst, best, output, answers, json, batch, threads]) command.Add(option);
        RowReadingOptions reading = RowReadingOptions.AddTo(command, words, rendering: true, file: false, labels: true);
        SettingOptions settings = SettingOptions.AddTo<AnswerSettings>(command, words, "max_new_tokens", "temperature", "top_p", "seed");
        command.SetAction((parsed, cancellation) =>
        {
            HomeFolder home = global.HomeOf(parsed, host);
            RefuseUnknownOption(command, parsed.GetValue(models)!);
            ModelReference[] references = [.. parsed.GetValue(models)!.Select(name => ModelReference.ResolveWith(home, name, parsed.GetValue(adapter) ?? []))];
            if (EvaluateClassifier.Takes(references))
            {
                DataSettings labelled = AsTrained(host, reading.Read(parsed, parsed.GetValue(data)!, TrainingTask.Classification), references) with { MaxSamples = parsed.GetValue(most) };
                string[]? numbers = parsed.GetResult(metrics) is { Implicit: false } ? parsed.GetValue(metrics)!.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : null;
                OutputFile.RefuseExisting(parsed.GetValue(output), parsed.GetValue(answers));
                LabelledRow[] texts = [.. EvaluateModels.ReadRows(labelled).Cast<LabelledRow>()];
                List<EvaluationResult> measured = [.. references.Select(reference => new EvaluateClassifier(host.Clock).Execute(reference, texts, labelled, numbers is ["all"] ? null : numbers, parsed.GetValue(threads), Progress(host, reference.Name), cancellation))];
                EvaluationFile kept = EvaluationFile.Of(measured, new EvaluationRequest(labelled), host.Clock.GetUtcNow());
                Save(host, kept, references, parsed.GetValue(output), parsed.GetValue(answers));
                if (parsed.GetValue(json)) host.Terminal.Out.Write(kept.ToJson());
                else TellClasses(host, measured, parsed.GetValue(show), parsed.GetValue(worst), parsed.GetValue(best));
                return Task.FromResult(ExitCode.Success);
            }
            DataSettings form = AsTrained(host, reading.Read(parsed, parsed.GetValue(data)!) with { System = parsed.GetValue(system) }, references);
            EvaluationRequest request = new(Rows(form, form.System, parsed.GetValue(most)), Generate: !parsed.GetValue(lossOnly), BatchSize: AtLeastOne("batch_size", parsed.GetValue(batch)), Threads: parsed.GetValue(threads))
            {
                Sampling = RecipeBinder.Bind<AnswerSettings>(new RecipeMap([], "command line"), settings.Read<AnswerSettings>(parsed)).Request.Sampling,
                Metrics = MetricSelection.Parse(parsed.GetValue(metrics)!),
                Language = LanguageNamed(parsed.GetValue(language)!),
            };
            request.Sampling!.Validate();
            OutputFile.RefuseExisting(parsed.GetValue(output), parsed.GetValue(answers));
            IReadOnlyList<DatasetRow> rows = EvaluateModels.ReadRows(request.Data);
            var results = new List<EvaluationResult>();
            foreach (ModelReference reference in references) results.Add(Measure(host, reference, rows, request, cancellation));

            EvaluationFile file = EvaluationFile.Of(results, request, host.Clock.GetUtcNow());
            Save(host, file, references, parsed.GetValue(output), parsed.GetValue(answers));
            if (parsed.GetValue(json)) host.Terminal.Out.Write(file.ToJson());
            else Tell(host, results, request.Generate && request.Metrics.Answers.Count > 0, parsed.GetValue(show), parsed.GetValue(worst), parsed.GetValue(best));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static void Save(CommandHost host, EvaluationFile file, IEnumerable<ModelReference> references, string? output, string? answers)
    {
        if (output is not null) file.Write(output);
        if (answers is not null) file.WriteAnswers(answers);
        if (file.Models.All(model => model.Numbers.Count == 0)) return;
        foreach (RunFolder run in references.Select(MeasuredRun.Of).OfType<RunFolder>().DistinctBy(run => run.Path)) Keep(host, run, file);
    }

    private static void TellClasses(CommandHost host, List<EvaluationResult> results, int show, int worst, int best)
    {
        foreach (EvaluationResult result in results.Where(result => result.Cut > 0)) host.Line(ClassifyTexts.CutOf, result.Name, result.Cut);
        var table = new EvaluationTable(host);
        table.WriteNumbers(results);
        table.WriteDifference(results);
        foreach (EvaluationResult result in results) if (result.Classes is { } classes) new ClassTable(host).Write(result.Name, classes);
        table.WriteAnswers(results, Enumerable.Range(0, Math.Min(show, results.Min(result => result.Answers.Count))));
        table.WriteExtremes(results, worst, best);
    }

    /// <summary>A mistyped option lands among the values of an argument that takes any number of them.</summary>
    internal static void RefuseUnknownOption(Command command, IEnumerable<string> values)
    {
        if (values.FirstOrDefault(value => value.StartsWith("--", StringComparison.Ordinal)) is not { } unknown) return;
        string? nearest = Application.NearestName.Find(unknown.Split('=')[0], command.Options.SelectMany(option => option.Aliases.Prepend(option.Name)));
        throw new InvalidInputException($"`{command.Name}` has no option {unknown}.", null, nearest is null ? $"`tunesharp {command.Name} --help` shows what is possible." : $"Did you mean {nearest}?");
    }

    /// <summary>What is left open comes from the first of the models that is the result of a run, and is told.</summary>
    internal static DataSettings AsTrained(CommandHost host, DataSettings given, IEnumerable<ModelReference> references)
    {
        if (references.Select(TrainedForm.Of).FirstOrDefault(form => form is not null) is not { } trained) return given;
        (DataSettings data, IReadOnlyList<string> keys) = TrainedForm.Fill(given, trained.Data);
        if (keys.Count > 0) host.Terminal.Error.WriteLine(host.Words.Say(EvalTexts.AsTrained, trained.Run.Id, string.Join(", ", keys)));
        return data;
    }

    /// <summary>Rows longer than the context are left out and counted.</summary>
    internal static DataSettings Rows(DataSettings data, string? system, int? most)
    {
        DataSettings settings = data with { System = system, MaxSamples = most, OverlongRows = OverlongRows.Drop };
        settings.Validate();
        return settings;
    }

    internal static int AtLeastOne(string key, int value) => value >= 1 ? value : throw new InvalidInputException($"`{key}` is {value}, it must be at least 1.");

    internal static TextLanguage LanguageNamed(string name) => name.ToLowerInvariant() switch
    {
        "auto" => TextLanguage.Auto,
        "en" or "english" => TextLanguage.English,
        "zh" or "chinese" => TextLanguage.Chinese,
        _ => throw new InvalidInputException($"`language` is '{name}', it must be auto, en or zh.", null, "auto looks at the references."),
    };

    /// <summary>What was measured belongs to the run: its report shows it.</summary>
    internal static void Keep(CommandHost host, RunFolder run, EvaluationFile file)
    {
        file.Write(run.Evaluation);
        new WriteRunReport(host.Clock).Execute(run, host.ReportLanguage);
    }

    private static EvaluationResult Measure(CommandHost host, ModelReference reference, IReadOnlyList<DatasetRow> rows, EvaluationRequest request, CancellationToken cancellation)
    {
        using LoadedModel loaded = LoadedModel.Load(reference, new TuneSharp.Models.Settings.ModelSettings(), request.Threads);
        return new EvaluateModels(host.Clock).Execute(loaded, rows, request, Progress(host, reference.Name), cancellation);
    }

    private static void Tell(CommandHost host, List<EvaluationResult> results, bool answered, int show, int worst, int best)
    {
        foreach (EvaluationResult result in results.Where(result => result.LeftOut > 0)) host.Line(EvalTexts.LeftOut, result.Name, result.LeftOut);
        if (answered) foreach (EvaluationResult result in results.Where(result => result.Answers.Count == 0)) host.Line(EvalTexts.NoAnswers, result.Name);
        var table = new EvaluationTable(host);
        table.WriteNumbers(results);
        table.WriteDifference(results);
        table.WriteAnswers(results, Enumerable.Range(0, Math.Min(show, results.Min(result => result.Answers.Count))));
        table.WriteExtremes(results, worst, best);
    }

    /// <summary>On a screen one line that counts and tells the remaining time; nothing elsewhere.</summary>
    internal static Action<int, int>? Progress(CommandHost host, string name)
    {
        if (!host.Terminal.IsScreen) return null;
        long start = host.Clock.GetTimestamp();
        return (done, all) =>
        {
            TimeSpan left = host.Clock.GetElapsedTime(start) / done * (all - done);
            host.Terminal.Out.Write("\r\u001b[K" + host.Words.Say(EvalTexts.Answering, name, done, all) + host.Words.Say(RunTexts.Remaining, EventSentences.Duration(left)));
            if (done == all) host.Terminal.Out.Write("\r\u001b[K");
        };
    }
}
