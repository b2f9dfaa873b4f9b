namespace TuneSharp.Cli.Tests;

/// <summary>Data as it comes from a spreadsheet: looked at, converted, trained on, asked about.</summary>
public sealed class DataCommandTests(TinyWorld world)
{
    private const string Talks = "id,phrase,turned\n1,blue sky,sky blue\n2,red house,house red\n3,green cat,cat green\n4,white boat,boat white\n5,grey tree,tree grey\n6,black stone,stone black\n";

    private readonly Cli _cli = new(world);

    [Fact]
    public async Task UnknownColumns_AreProposedConvertedTrainedAndMeasured()
    {
        string talks = world.Write("talks/talks.csv", Talks);
        CliResult check = await _cli.RunAsync("data", "check", talks);
        check.ExitCode.ShouldBe(2, check.ToString());
        check.Out.ShouldContain("prompt_format: \"{phrase}\"");

        string[] columns = ["--prompt_format", "Turn: {phrase}\\n=> {turned}", "--answer_column", "turned"];
        CliResult counted = await _cli.RunAsync(["data", "check", talks, "--model", world.Model, .. columns]);
        counted.ExitCode.ShouldBe(0, counted.ToString());
        counted.Out.ShouldContain("█");

        CliResult train = await _cli.RunAsync(["train", "--model", world.Model, "--data", talks, "--val_size", "0", "--max_steps", "2", "--threads", "1", "--run_name", "talks", .. columns]);
        train.ExitCode.ShouldBe(0, train.ToString());
        File.ReadAllText(Path.Combine(world.Home, "runs", "talks", "adapter", "chat_template.jinja")).ShouldNotContain("### Instruction");

        CliResult eval = await _cli.RunAsync(["eval", "talks", "--data", talks, "--loss_only", "--threads", "1", .. columns]);
        eval.ExitCode.ShouldBe(0, eval.ToString());
    }

    [Fact]
    public async Task Convert_WritesANewFileAndNeverOverOne()
    {
        string talks = world.Write("convert/rows.csv", "instruction,output,topic\nblue sky,sky blue,x\n");
        string output = world.PathOf("convert/rows.jsonl");
        CliResult converted = await _cli.RunAsync("data", "convert", talks, "--to", "messages", "--system", "Turn it.", "--out", output);
        converted.ExitCode.ShouldBe(0, converted.ToString());
        converted.Error.ShouldContain("Nothing was lost.");
        (await File.ReadAllTextAsync(output, TestContext.Current.CancellationToken)).ShouldBe("""{"messages":[{"role":"system","content":"Turn it."},{"role":"user","content":"blue sky"},{"role":"assistant","content":"sky blue"}],"topic":"x"}""" + "\n");

        CliResult again = await _cli.RunAsync("data", "convert", talks, "--to", "messages", "--out", output);
        again.ExitCode.ShouldBe(2);
        again.Error.ShouldContain("nothing is overwritten");

        CliResult lost = await _cli.RunAsync("data", "convert", output, "--to", "prompt-completion");
        lost.ExitCode.ShouldBe(0, lost.ToString());
        lost.Out.ShouldContain("\"completion\":[{\"role\":\"assistant\"");
    }

    [Fact]
    public async Task Show_Template_IsWrittenInItsWay()
    {
        CliResult shown = await _cli.RunAsync("data", "show", world.Data, "--model", world.Model, "--template", "alpaca");
        shown.ExitCode.ShouldBe(0, shown.ToString());
        CliResult unknown = await _cli.RunAsync("data", "show", world.Data, "--model", world.Model, "--template", "qwem");
        unknown.ExitCode.ShouldBe(2);
        unknown.Error.ShouldContain("'qwem'");
    }
}
