using System.Text.Json.Nodes;

namespace TuneSharp.Cli.Tests;

/// <summary>New adapters made of trained ones.</summary>
public sealed class AdapterTests(TinyWorld world)
{
    private readonly Cli _cli = new(world);

    [Fact]
    public async Task Combine_and_convert_make_adapters_that_work_and_refuse_what_cannot_be()
    {
        foreach ((string run, string start) in ((string, string)[])[("plain-a", "true"), ("with-pissa", "pissa")])
        {
            CliResult train = await _cli.RunAsync("train", "--model", world.Model, "--data", world.Data, "--run_name", run, "--max_steps", "3", "--learning_rate", "2e-2", "--r", "2", "--init_lora_weights", start, "--threads", "1");
            train.ExitCode.ShouldBe(0, train.ToString());
        }

        string converted = world.PathOf("converted");
        CliResult convert = await _cli.RunAsync("adapter", "convert", "with-pissa", "--out", converted, "--threads", "1", "--json");
        convert.ExitCode.ShouldBe(0, convert.ToString());
        JsonNode.Parse(convert.Out)!["rank"]!.GetValue<int>().ShouldBe(4);

        // The same loss with the converted adapter as with the run's own.
        string folder = world.PathOf("converted-merged");
        CliResult made = await _cli.RunAsync("merge", world.Model, "--adapter", converted, "--out", folder, "--threads", "1");
        made.ExitCode.ShouldBe(0, made.ToString());
        CliResult both = await _cli.RunAsync("eval", "with-pissa", folder, "--data", world.Data, "--loss_only", "--threads", "1");
        both.ExitCode.ShouldBe(0, both.ToString());
        string[] losses = [.. both.Out.Split('\n').Where(line => line.StartsWith("with-pissa ", StringComparison.Ordinal) || line.StartsWith(folder, StringComparison.Ordinal)).Select(line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries)[3].Trim())];
        losses.Length.ShouldBe(2, both.Out);
        losses[0].ShouldBe(losses[1]);

        string combined = world.PathOf("combined");
        CliResult combine = await _cli.RunAsync("adapter", "combine", "plain-a@0.5", $"{converted}@0.5", "--out", combined, "--json");
        combine.ExitCode.ShouldBe(0, combine.ToString());
        JsonNode.Parse(combine.Out)!["rank"]!.GetValue<int>().ShouldBe(6);
        CliResult merge = await _cli.RunAsync("merge", world.Model, "--adapter", combined, "--out", world.PathOf("combined-merged"), "--threads", "1");
        merge.ExitCode.ShouldBe(0, merge.ToString());

        foreach (string[] arguments in (string[][])[["plain-a"], ["plain-a", "with-pissa"], ["plain-a", converted, "--how", "linear"], ["plain-a", "plain-a", "--how", "mean"], ["plain-a", "plain-a", "--how", "ties", "--density", "0"], ["plain-a", "plain-a", "--rank", "2"]])
        {
            CliResult refused = await _cli.RunAsync(["adapter", "combine", .. arguments, "--out", world.PathOf("never")]);
            refused.ExitCode.ShouldBe(2, refused.ToString());
            refused.Error.ShouldStartWith("Error: ");
            Directory.Exists(world.PathOf("never")).ShouldBeFalse();
        }
        CliResult nothing = await _cli.RunAsync("adapter", "convert", "plain-a", "--out", world.PathOf("never"), "--threads", "1");
        nothing.ExitCode.ShouldBe(2, nothing.ToString());
    }
}
