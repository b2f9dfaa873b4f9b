using System.Text.Json.Nodes;

namespace TuneSharp.Cli.Tests;

/// <summary>Adapters into one model, several adapters in a chat.</summary>
public sealed class MergeTests(TinyWorld world)
{
    private readonly Cli _cli = new(world);

    [Fact]
    public async Task Merge_proves_itself_and_refuses_what_would_change_nothing()
    {
        CliResult train = await _cli.RunAsync("train", "--model", world.Model, "--data", world.Data, "--run_name", "to-merge", "--max_steps", "6", "--learning_rate", "2e-2", "--target_modules", "all-linear", "--threads", "1");
        train.ExitCode.ShouldBe(0, train.ToString());

        string folder = world.PathOf("merged");
        CliResult merge = await _cli.RunAsync("merge", "to-merge", "--out", folder, "--json", "--threads", "1");
        merge.ExitCode.ShouldBe(0, merge.ToString());
        JsonNode report = JsonNode.Parse(merge.Out)!;
        report["changed_tensors"]!.GetValue<int>().ShouldBe(14);
        report["difference"]!.GetValue<double>().ShouldBeLessThan(1e-4 * report["adapter_effect"]!.GetValue<double>());
        report["same_text"]!.GetValue<bool>().ShouldBeTrue();
        File.Exists(Path.Combine(folder, "tokenizer.json")).ShouldBeTrue();
        File.Exists(Path.Combine(folder, "chat_template.jinja")).ShouldBeTrue();

        // The same answers from the folder as from base and adapter.
        CliResult both = await _cli.RunAsync("eval", "to-merge", folder, "--data", world.Data, "--loss_only", "--threads", "1");
        both.ExitCode.ShouldBe(0, both.ToString());
        string[] losses = [.. both.Out.Split('\n').Where(line => line.StartsWith("to-merge ", StringComparison.Ordinal) || line.StartsWith(folder, StringComparison.Ordinal)).Select(line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries)[3].Trim())];
        losses.Length.ShouldBe(2, both.Out);
        losses[0].ShouldBe(losses[1]);

        CliResult again = await _cli.RunAsync("merge", "to-merge", "--out", folder, "--threads", "1");
        again.ExitCode.ShouldBe(2);
        again.Error.ShouldContain("exists already");
        string other = world.PathOf("merged-2");
        foreach (string[] arguments in (string[][])[["to-merge", "--scale", "0"], [world.Model], [world.Model, "--adapter", "to-merge@0.5", "--adapter", "minus=to-merge@-0.5"], ["to-merge", "--dtype", "int4"], ["to-merge", "--scale", "1", "--scale", "2"]])
        {
            CliResult refused = await _cli.RunAsync(["merge", .. arguments, "--out", other, "--threads", "1"]);
            refused.ExitCode.ShouldBe(2, refused.ToString());
            refused.Error.ShouldStartWith("Error: ");
            Directory.Exists(other).ShouldBeFalse();
        }
        Directory.GetFileSystemEntries(world.Folder).ShouldNotContain(path => Path.GetFileName(path).Contains("merged-2", StringComparison.Ordinal));

        CliResult small = await _cli.RunAsync("merge", "to-merge", "--dtype", "bfloat16", "--out", other, "--threads", "1");
        small.ExitCode.ShouldBe(0, small.ToString());
        JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(other, "config.json"), TestContext.Current.CancellationToken))!["torch_dtype"]!.GetValue<string>().ShouldBe("bfloat16");

        CliResult chat = await _cli.RunAsync("/adapter\n/adapter b off\n/adapter a 0.25\nred sky\n/adapter c on\n", ["chat", world.Model, "--adapter", "a=to-merge", "--adapter", "b=to-merge@0.5", "--temperature", "0", "--max_new_tokens", "4", "--logprobs", "2", "--threads", "1"]);
        chat.Out.ShouldContain("b: on, scale 0.5");
        chat.Out.ShouldContain("b: off");
        chat.Out.ShouldContain("a: on, scale 0.25");
        chat.Out.ShouldContain("log-probability");
        chat.ExitCode.ShouldBe(2);
        chat.Error.ShouldContain("There are: a, b.");
    }
}
