using TuneSharp.Application.Runs;
using TuneSharp.Training.Loop;

namespace TuneSharp.Application.Reports;

/// <summary>The report of one run: what came out, curves, measurements, answers, data, settings, machine.</summary>
internal sealed class RunReportPage(RunReport report, ReportLanguage language, DateTimeOffset now)
{
    private readonly ReportWording _words = new(language);

    public string Write()
    {
        string version = typeof(RunReportPage).Assembly.GetName().Version?.ToString(3) ?? "";
        return ReportPage.Write(_words, $"{report.Run.Id} · TuneSharp", _words.MadeBy(version, Time(now)), html =>
        {
            Heading(html);
            Figures(html);
            if (report.Steps.Count > 0) ReportPage.Section(html, _words.Curves, () => Curves(html));
            Measurements(html);
            if (report.Prepared is { } prepared) ReportPage.Section(html, _words.Data, () => Data(html, prepared));
            if (report.Warnings.Count > 0 || report.Status.Reason is not null) ReportPage.Section(html, _words.Notes, () => Notes(html));
            ReportPage.Section(html, _words.Settings, () => Settings(html));
            if (report.Manifest is { } manifest) ReportPage.Section(html, _words.Machine, () => Machine(html, manifest));
        });
    }

    private void Heading(Html html)
    {
        html.Leaf("h1", $"{_words.Run} {report.Run.Id}");
        string method = report.Setting("method") ?? report.Status.Kind.ToString();
        string model = report.Setting("model_name_or_path") ?? report.Setting("model_config") ?? "?", data = report.Setting("dataset") ?? "?";
        html.Leaf("p", _words.Summary(method, Path.GetFileName(Path.TrimEndingDirectorySeparator(model)), Path.GetFileName(data)), ("class", "soft"));
    }

    private void Figures(Html html)
    {
        using (html.Open("div", ("class", "cards")))
        {
            Card(_words.State, _words.StateName(report.Status.State), Time(report.Status.Since));
            if (report.Steps.Count == 0) return;
            StepCompleted last = report.Steps[^1];
            Card(_words.Steps, $"{last.Step} / {last.TotalSteps}", _words.Epochs(last.Epoch));
            double[] losses = [.. report.Steps.Where(step => double.IsFinite(step.Loss)).Select(step => step.Loss)];
            int tenth = Math.Max(1, losses.Length / 10);
            if (losses.Length > 0) Card(_words.TrainLoss, $"{losses.Take(tenth).Average():0.000} → {losses.TakeLast(tenth).Average():0.000}", _words.FirstToLast);
            if (report.Validations.Where(eval => double.IsFinite(eval.Loss)).MinBy(eval => eval.Loss) is { } best) Card(_words.BestValidation, $"{best.Loss:0.0000}", best.Metrics is null ? $"{_words.AfterStep(best.Step)}, {_words.Perplexity(Math.Exp(best.Loss))}" : _words.AfterStep(best.Step));
            foreach (string metric in (string[])["accuracy", "f1", "r2"])
                if (Measured(metric) is [_, ..] measured && measured.MaxBy(pair => pair.Value) is var top) Card(_words.BestMetric(metric), $"{top.Value:0.000}", _words.AfterStep((int)top.Step));
            Card(_words.Time, Duration(report.TrainingTime), null);
            Card(_words.Tokens, $"{last.NumTokens:N0}", null);
            Card(_words.Speed, $"{Median(report.Steps.Select(step => step.TokensPerSecond)):N0}", null);
            Card(_words.Memory, Bytes(report.Steps.Max(step => step.MemoryBytes)), null);
            if (report.Started is { } started) Card(_words.Parameters, $"{started.NumTrainedParameters:N0}", _words.OfAll(started.NumParameters));
        }

        void Card(string label, string value, string? below)
        {
            using (html.Open("div", ("class", "card")))
            {
                html.Leaf("span", label).Leaf("b", value);
                if (below is not null) html.Leaf("span", below);
            }
        }
    }

    private void Curves(Html html)
    {
        using (html.Open("div", ("class", "charts")))
        {
            LineChart.Write(html, _words.Loss, _words.Step, new ChartLine(_words.TrainLoss, "first", Of(step => step.Loss)),
                new ChartLine(_words.ValidationLoss, "second", [.. report.Validations.Select(eval => ((double)eval.Step, eval.Loss))], Dots: true));
            foreach (string[] together in (string[][])[["accuracy", "f1"], ["r2", "pearson"]])
                LineChart.Write(html, _words.ValidationMetrics, _words.Step, [.. together.Select((metric, i) => new ChartLine(metric, i == 0 ? "first" : "second", Measured(metric), Dots: true))]);
            LineChart.Write(html, _words.LearningRate, _words.Step, new ChartLine(_words.LearningRate, "first", Of(step => step.LearningRate)));
            LineChart.Write(html, _words.Speed, _words.Step, new ChartLine(_words.Speed, "first", Of(step => step.TokensPerSecond)));
            LineChart.Write(html, _words.GradientNorm, _words.Step, new ChartLine(_words.GradientNorm, "first", Of(step => step.GradNorm)));
        }

        List<(double X, double Y)> Of(Func<StepCompleted, double> value) => [.. report.Steps.Select(step => ((double)step.Step, value(step)))];
    }

    private List<(double Step, double Value)> Measured(string metric) =>
        [.. report.Validations.Where(eval => eval.Metrics?.ContainsKey(metric) == true).Select(eval => ((double)eval.Step, eval.Metrics![metric])).Where(pair => double.IsFinite(pair.Item2))];

    private void Measurements(Html html)
    {
        ReportPage.Section(html, _words.Measured, () =>
        {
            if (report.Evaluation is not { Models.Count: > 0 } evaluation)
            {
                html.Leaf("p", _words.NotMeasured(report.Run.Id), ("class", "soft"));
                return;
            }
            html.Leaf("p", _words.MeasuredOn(Path.GetFileName(evaluation.Data), Time(evaluation.Time)), ("class", "soft"));
            var sections = new AnswerSections(html, _words);
            sections.WriteNumbers(evaluation);
            sections.WriteDifference(evaluation);
            if (evaluation.OfClassifiers) new ClassSections(html, _words).Write(evaluation);
            else sections.WriteAnswers(evaluation);
        });
    }

    private void Data(Html html, Prepared prepared)
    {
        html.Leaf("p", _words.Message(prepared.DataReport));
        ReportPage.Table(html, null, 1,
        [
            [_words.TrainRows, $"{prepared.TrainRows:N0}"], [_words.ValidationRows, $"{prepared.ValidationRows:N0}"], [_words.TestRows, $"{prepared.TestRows:N0}"], [_words.LongestRow, $"{prepared.MaxLength:N0}"],
        ]);
    }

    private void Notes(Html html)
    {
        if (report.Status.Reason is { } reason) html.Leaf("p", _words.Message(reason));
        foreach (IGrouping<string, Warning> group in report.Warnings.GroupBy(warning => warning.Message))
            html.Leaf("p", group.First().Step > 0 ? $"{_words.AfterStep(group.First().Step)}{_words.Colon}{_words.Message(group.Key)}" : _words.Message(group.Key));
    }

    private void Settings(Html html)
    {
        html.Leaf("h3", _words.ChangedSettings);
        Rows(report.Settings.Where(setting => setting.IsChanged));
        using (html.Open("details"))
        {
            html.Leaf("summary", _words.AllSettings(report.Settings.Count));
            Rows(report.Settings);
        }

        void Rows(IEnumerable<ReportedSetting> settings) => ReportPage.Table(html, [_words.Key, _words.Value, _words.Default, _words.Meaning], int.MaxValue,
            settings.Select(setting => (IReadOnlyList<Cell>)[setting.Key, setting.Value, setting.Default, language == ReportLanguage.Chinese ? setting.Chinese : setting.Description]));
    }

    private void Machine(Html html, RunManifest manifest)
    {
        List<IReadOnlyList<Cell>> rows =
        [
            [_words.Host, manifest.Machine.Host], [_words.System, manifest.Machine.System],
            [_words.Processor, $"{manifest.Machine.Processor} ({manifest.Machine.InstructionSet}), {_words.Cores(manifest.Machine.Cores, manifest.Threads)}"],
            [_words.MainMemory, Bytes(manifest.Machine.MemoryBytes)], [_words.NumberTypes, _words.Types(manifest.WeightsDtype, manifest.ComputeDtype)], [_words.Seed, $"{manifest.Seed}"],
            ["TuneSharp", $"{manifest.Program.Version} ({manifest.Program.Sha256[..Math.Min(12, manifest.Program.Sha256.Length)]})"],
        ];
        foreach ((string package, string version) in manifest.Packages) rows.Add([package, version]);
        ReportPage.Table(html, null, int.MaxValue, rows);
        using (html.Open("details"))
        {
            html.Leaf("summary", _words.Files);
            ReportPage.Table(html, null, int.MaxValue, manifest.Inputs.Select(pair => (IReadOnlyList<Cell>)[pair.Key, pair.Value]));
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        return sorted.Length == 0 ? 0 : sorted[sorted.Length / 2];
    }

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm 'UTC'zzz").Replace("UTC+00:00", "UTC");

    private static string Duration(TimeSpan time) =>
        time.TotalSeconds < 60 ? $"{time.TotalSeconds:0.#} s" : time.TotalMinutes < 60 ? $"{time.Minutes} min {time.Seconds:00} s" : $"{(int)time.TotalHours} h {time.Minutes:00} min";

    private static string Bytes(long bytes) => bytes >= 1L << 30 ? $"{bytes / (double)(1L << 30):0.0} GiB" : $"{bytes / (double)(1L << 20):0} MiB";
}
