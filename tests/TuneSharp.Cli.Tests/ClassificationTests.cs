using System.Text.Json.Nodes;

namespace TuneSharp.Cli.Tests;

/// <summary>The whole way of a classifier: look at the rows, train, resume, measure, use.</summary>
public sealed class ClassificationTests(TinyWorld world)
{
    private readonly Cli _cli = new(world);

    [Theory]
    [InlineData("full", "4e-3")]
    [InlineData("lora", "1e-2")]
    public async Task Train_Eval_Classify(string method, string rate)
    {
        string model = EncoderWorld.Model(world), rows = EncoderWorld.Table(world, $"{method}.csv"), name = $"moods-{method}";
        string recipe = world.Write($"{name}.yaml", $"""
            task: classification
            model: {model}
            data: {rows}
            run_name: {name}
            method: {method}
            {(method == "lora" ? "target_modules: all-linear" : "")}
            learning_rate: {rate}
            num_train_epochs: 12
            per_device_train_batch_size: 8
            metric_for_best_model: f1
            threads: 1
            """);
        CliResult train = await _cli.RunAsync("train", recipe);
        train.ExitCode.ShouldBe(0, train.ToString());
        train.Out.ShouldContain("3 classes by alphabet: bad, good, neither.");
        train.Out.ShouldContain("accuracy ");
        train.Out.ShouldContain($"tunesharp classify {name}");
        string run = Path.Combine(world.Home, "runs", name), result = Path.Combine(run, method == "full" ? "model" : "adapter");
        JsonNode config = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(result, "config.json"), TestContext.Current.CancellationToken))!;
        config["id2label"]!["1"]!.GetValue<string>().ShouldBe("good");
        config["architectures"]![0]!.GetValue<string>().ShouldBe("BertForSequenceClassification");

        CliResult eval = await _cli.RunAsync("eval", name, "--data", rows, "--threads", "1", "--worst", "1");
        eval.ExitCode.ShouldBe(0, eval.ToString());
        eval.Out.ShouldContain("macro average");
        eval.Out.ShouldContain("truth ↓ prediction →");
        Share(eval.Out, "accuracy").ShouldBeGreaterThan(90, train.Out + eval.Out);
        string report = await File.ReadAllTextAsync(Path.Combine(run, "report.html"), TestContext.Current.CancellationToken);
        report.ShouldContain("class=\"right\"");
        report.ShouldContain("what is taken for what");
        JsonNode evaluation = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(run, "evaluation.json"), TestContext.Current.CancellationToken))!;
        evaluation["models"]![0]!["classes"]!["confusion"]!.AsArray().Count.ShouldBe(3);

        CliResult one = await _cli.RunAsync("classify", name, "The tea was very fresh!", "--threads", "1", "--all");
        one.ExitCode.ShouldBe(0, one.ToString());
        one.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(3);
        one.Out.ShouldStartWith("good\t");

        string predictions = world.PathOf($"{name}.jsonl");
        CliResult many = await _cli.RunAsync("classify", name, "--file", rows, "--out", predictions, "--all", "--threads", "1");
        many.ExitCode.ShouldBe(0, many.ToString());
        many.Out.ShouldContain("108 rows classified");
        Share(many.Out, "accuracy").ShouldBe(Share(eval.Out, "accuracy"));
        JsonNode first = JsonNode.Parse(File.ReadLines(predictions).First())!;
        (first["text"]!.GetValue<string>(), first["label"]!.GetValue<string>()).ShouldBe(("The soup was cold.", "bad"));
        first["scores"]!.AsObject().Sum(score => score.Value!.GetValue<double>()).ShouldBe(1, 1e-4);
        (await _cli.RunAsync("classify", name, "--file", rows, "--out", predictions)).Error.ShouldContain("already");

        string texts = world.Write($"{name}.txt", "the soup is cold\n\nthe bread is warm and " + string.Join(' ', Enumerable.Repeat("very", 40)) + "\n"), table = world.PathOf($"{name}.csv");
        CliResult lines = await _cli.RunAsync("classify", name, "--file", texts, "--out", table, "--threads", "1");
        lines.ExitCode.ShouldBe(0, lines.ToString());
        lines.Error.ShouldContain("1 texts were longer than 24 tokens");
        File.ReadLines(table).Count().ShouldBe(3);
        File.ReadLines(table).ElementAt(1).ShouldStartWith("1,the soup is cold,,,bad,");
    }

    [Fact]
    public async Task SeveralLabels_AndValues()
    {
        string model = EncoderWorld.Model(world);
        string several = world.Write("several.csv", "text,label\n" + string.Concat(EncoderWorld.Rows().Take(24).Select((row, i) => $"{row.Text},{(i % 3 == 0 ? "" : i % 3 == 1 ? row.Label : row.Label + "|odd")}\n")));
        CliResult train = await _cli.RunAsync("train", "--task", "classification", "--model", model, "--data", several, "--label_separator", "|", "--method", "full", "--max_steps", "2", "--run_name", "several", "--threads", "1");
        train.ExitCode.ShouldBe(0, train.ToString());
        train.Out.ShouldContain("f1_samples");
        CliResult eval = await _cli.RunAsync("eval", "several", "--data", several, "--threads", "1", "--metrics", "accuracy,hamming_loss");
        eval.ExitCode.ShouldBe(0, eval.ToString());
        eval.Out.ShouldContain("hamming_loss");
        eval.Error.ShouldContain("label_separator");
        eval.Out.ShouldNotContain("truth ↓");

        string values = world.Write("values.jsonl", string.Concat(EncoderWorld.Rows().Take(24).Select((row, i) => $$"""{"text": "{{row.Text}}", "label": {{i / 8.0}}}""" + "\n")));
        train = await _cli.RunAsync("train", "--task", "classification", "--model", model, "--data", values, "--method", "full", "--max_steps", "2", "--metric_for_best_model", "mae", "--run_name", "values", "--threads", "1");
        train.ExitCode.ShouldBe(0, train.ToString());
        train.Out.ShouldContain("a value is learned");
        eval = await _cli.RunAsync("eval", "values", "--data", values, "--threads", "1");
        eval.ExitCode.ShouldBe(0, eval.ToString());
        eval.Out.ShouldContain("spearman");
        CliResult one = await _cli.RunAsync("classify", "values", "the soup was cold", "--threads", "1");
        double.Parse(one.Out, System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(-10, 10);
    }

    [Fact]
    public async Task Stopped_Resumed_IsTheUninterruptedRun()
    {
        string model = EncoderWorld.Model(world), rows = EncoderWorld.Table(world);
        string[] settings = ["train", "--task", "classification", "--model", model, "--data", rows, "--method", "full", "--learning_rate", "1e-2", "--max_steps", "8", "--save_steps", "4", "--eval_steps", "4", "--threads", "1"];
        (await _cli.RunAsync([.. settings, "--run_name", "whole-moods"])).ExitCode.ShouldBe(0);
        CliResult cut = await _cli.RunAsync([.. settings, "--run_name", "cut-moods"]);
        cut.ExitCode.ShouldBe(0, cut.ToString());
        string run = Path.Combine(world.Home, "runs", "cut-moods");
        Directory.Delete(Path.Combine(run, "model"), recursive: true);
        Directory.Delete(Path.Combine(run, "checkpoints", "step-000008"), recursive: true);
        string state = Path.Combine(run, "state.json");
        JsonNode status = JsonNode.Parse(await File.ReadAllTextAsync(state, TestContext.Current.CancellationToken))!;
        status["state"] = "stopped";
        await File.WriteAllTextAsync(state, status.ToJsonString(), TestContext.Current.CancellationToken);
        CliResult resumed = await _cli.RunAsync("resume", "cut-moods");
        resumed.ExitCode.ShouldBe(0, resumed.ToString());
        resumed.Out.ShouldContain("step 4");
        (await File.ReadAllBytesAsync(Path.Combine(run, "model", "model.safetensors"), TestContext.Current.CancellationToken))
            .ShouldBe(await File.ReadAllBytesAsync(Path.Combine(world.Home, "runs", "whole-moods", "model", "model.safetensors"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Data_CheckAndShow()
    {
        string model = EncoderWorld.Model(world), rows = EncoderWorld.Table(world);
        CliResult check = await _cli.RunAsync("data", "check", rows, "--task", "classification", "--model", model);
        check.ExitCode.ShouldBe(0, check.ToString());
        check.Out.ShouldContain("Classes: bad (36 rows), good (36 rows), neither (36 rows)");
        CliResult show = await _cli.RunAsync("data", "show", rows, "--task", "classification", "--model", model, "--row", "2");
        show.ExitCode.ShouldBe(0, show.ToString());
        show.Out.ShouldContain("[CLS]");
        show.Out.ShouldContain("Label bad: the head learns 0.");
        CliResult one = await _cli.RunAsync("data", "check", world.Write("one.csv", "text,label\na,x\nb,x\n"), "--task", "classification");
        one.ExitCode.ShouldBe(2);
        one.Out.ShouldContain("one.csv, row 1, line 2, field label: Every row has the label 'x'");
    }

    [Fact]
    public async Task BadInput_IsNamed()
    {
        string model = EncoderWorld.Model(world), rows = EncoderWorld.Table(world);
        (string Data, string[] More, string Says)[] cases =
        [
            ("text,label\na,x\nb,x\n", [], "Every row has the label 'x'"),
            ("text,label\na,x\nb,0.5\nc,y\n", ["--labels", "x,y"], "row 2, line 3, field label: The label 0.5 is a number with a fraction"),
            ("text,label\na,x\nb,z\nc,y\n", ["--labels", "x,y"], "The label 'z' is none of the head's classes: x, y"),
            ("text,label\na,x\n,y\n", [], "row 2, line 3, column 1, field text: The text is empty"),
            ("text,label\na,x\nb,\n", [], "The row has no label"),
            ("text,mood\na,x\nb,y\n", [], "no column with the label; the row has 'text', 'mood'"),
            ("text,label\na,x\nb,y\n", ["--val_size", "1"], "val_size keeps 1 rows aside, and there are 2 classes"),
            ("text,label\na,x\nb,y\n", ["--problem_type", "ranking"], "single_label_classification"),
            ("text,label\na,x\nb,y\n", ["--template", "qwen"], "template is for conversations"),
            ("text,label\na,x\nb,y\n", ["--metric_for_best_model", "rouge"], "metric_for_best_model is rouge"),
            ("text,label\n" + string.Join(' ', Enumerable.Repeat("soup", 30)) + ",x\nb,y\n", [], "longer than the model's context of 24 tokens"),
        ];
        foreach ((string data, string[] more, string says) in cases)
        {
            CliResult refused = await _cli.RunAsync(["train", "--task", "classification", "--model", model, "--data", world.Write("bad-rows.csv", data), "--method", "full", "--max_steps", "1", .. more]);
            refused.ExitCode.ShouldBe(2, $"{says}\n{refused}");
            (refused.Error + refused.Out).ShouldContain(says);
        }
        (await _cli.RunAsync("train", "--model", model, "--data", rows, "--label_column", "label")).Error.ShouldContain("label_column is for classification");
        (await _cli.RunAsync("classify", model, "soup")).Error.ShouldContain("no classification head");
        (await _cli.RunAsync("classify", world.Model, "soup")).Error.ShouldContain("no classification head");
        (await _cli.RunAsync("classify", model)).Error.ShouldContain("nothing to classify");
        (await _cli.RunAsync("eval", model, "--data", rows)).ExitCode.ShouldBe(2);
    }

    private static double Share(string table, string metric) =>
        double.Parse(table.Split('\n').First(line => line.StartsWith(metric + " ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture);
}
