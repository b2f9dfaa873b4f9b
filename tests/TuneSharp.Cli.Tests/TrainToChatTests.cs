using System.Text.Json.Nodes;

namespace TuneSharp.Cli.Tests;

/// <summary>The whole way of a person: train, look, measure, talk.</summary>
public sealed class TrainToChatTests(TinyWorld world)
{
    private readonly Cli _cli = new(world);

    [Fact]
    public async Task Train_Eval_Chat_ByARecipe()
    {
        string recipe = world.Write("way.yaml", $"""
            model: {world.Model}
            data: rows.jsonl
            run_name: way
            lora_target: all
            lora_rank: 8
            learning_rate: 2e-2
            num_train_epochs: 1
            per_device_train_batch_size: 8
            val_size: 4
            report_to: none
            threads: 1
            """);
        CliResult train = await _cli.RunAsync("train", recipe, "--num_train_epochs", "12", "--eval-steps=12");
        train.ExitCode.ShouldBe(0, train.ToString());
        train.Out.ShouldNotContain("\u001b");
        train.Out.ShouldContain("step 48/48");
        train.Out.ShouldContain("chat way");
        string run = Path.Combine(world.Home, "runs", "way");
        Directory.GetFiles(Path.Combine(run, "adapter")).Select(path => Path.GetFileName(path)).ShouldBe(["adapter_config.json", "adapter_model.safetensors", "chat_template.jinja", "manifest.json"], ignoreOrder: true);
        JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(run, "state.json"), TestContext.Current.CancellationToken))!["state"]!.GetValue<string>().ShouldBe("finished");
        (await File.ReadAllTextAsync(Path.Combine(run, "recipe.yaml"), TestContext.Current.CancellationToken)).ShouldContain("lora_target: all");
        (await File.ReadAllTextAsync(Path.Combine(run, "recipe.resolved.yaml"), TestContext.Current.CancellationToken)).ShouldContain("\nnum_train_epochs: 12\n");
        JsonNode manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(run, "manifest.json"), TestContext.Current.CancellationToken))!;
        manifest["packages"]!["libtorch"]!.GetValue<string>().ShouldStartWith("2.10");
        manifest["inputs"]!.AsObject().Select(pair => Path.GetFileName(pair.Key)).ShouldContain("model.safetensors");

        CliResult again = await _cli.RunAsync("train", recipe);
        again.ExitCode.ShouldBe(2);
        again.Error.ShouldContain("already a run named 'way'");

        CliResult list = await _cli.RunAsync("runs", "list");
        list.Out.ShouldContain("way");
        list.Out.ShouldContain("48/48");

        CliResult eval = await _cli.RunAsync("eval", world.Model, "way", "--data", world.Data, "--max_new_tokens", "16", "--show", "2", "--threads", "1");
        eval.ExitCode.ShouldBe(0, eval.ToString());
        string[] lines = eval.Out.Split('\n');
        double baseLoss = Number(lines.Single(line => line.StartsWith(world.Model + "  ", StringComparison.Ordinal)), 3), tunedLoss = Number(lines.Single(line => line.StartsWith("way  ", StringComparison.Ordinal)), 3);
        tunedLoss.ShouldBeLessThan(0.7 * baseLoss, train.Out + eval.Out);
        eval.Out.ShouldContain("Reference: sky red");

        string answers = world.PathOf("answers.jsonl");
        CliResult measured = await _cli.RunAsync("eval", world.Model, "way", "--data", world.Data, "--metrics", "loss,rouge,f1", "--max_samples", "4", "--max_new_tokens", "8", "--worst", "1", "--answers", answers, "--threads", "1");
        measured.ExitCode.ShouldBe(0, measured.ToString());
        measured.Out.ShouldContain("rougeLsum");
        measured.Out.ShouldContain("Rows that way does worst on");
        File.ReadLines(answers).Count().ShouldBe(8);
        string report = await File.ReadAllTextAsync(Path.Combine(run, "report.html"), TestContext.Current.CancellationToken);
        report.ShouldContain("<polyline");
        report.ShouldContain("rougeLsum", customMessage: "what was measured of a run is in its report");
        (await _cli.RunAsync("eval", "way", "--data", world.Data, "--metrics", "rogue")).Error.ShouldContain("Did you mean 'rouge'?");

        string prompts = world.PathOf("prompts.txt"), page = world.PathOf("compared.html");
        await File.WriteAllTextAsync(prompts, "red sky\nblue sea\n", TestContext.Current.CancellationToken);
        CliResult compare = await _cli.RunAsync("compare", "way", "--prompts", prompts, "--max_new_tokens", "8", "--out", page, "--threads", "1");
        compare.ExitCode.ShouldBe(0, compare.ToString());
        compare.Out.ShouldContain("2 answers of way");
        (await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken)).ShouldContain("blue sea");
        (await _cli.RunAsync("compare", world.Model, "--prompts", prompts)).Error.ShouldContain("--adapter");

        string saved = world.PathOf("conversation.jsonl");
        CliResult chat = await _cli.RunAsync($"red sky\n/base\nred sky\n/tuned\n/save {saved}\n", ["chat", "way", "--temperature", "0", "--max_new_tokens", "12", "--threads", "1"]);
        chat.ExitCode.ShouldBe(0, chat.ToString());
        chat.Out.ShouldContain("The base model answers now.");
        (await File.ReadAllTextAsync(saved, TestContext.Current.CancellationToken)).ShouldStartWith("""{"messages":[{"role":"user","content":"red sky"},{"role":"assistant","content":""");

        CliResult more = await _cli.RunAsync("train", "--model", world.Model, "--data", world.Data, "--init_adapter", "way", "--max_steps", "2", "--run_name", "more", "--threads", "1");
        more.ExitCode.ShouldBe(0, more.ToString());

        double Number(string line, int column) => double.Parse(line.Split("  ", StringSplitOptions.RemoveEmptyEntries)[column]);
    }
}
