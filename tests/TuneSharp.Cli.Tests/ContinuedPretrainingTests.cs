namespace TuneSharp.Cli.Tests;

/// <summary>Raw text with a tuning method on a model that exists: what was joined, cut and lost is said.</summary>
public sealed class ContinuedPretrainingTests(TinyWorld world)
{
    private readonly Cli _cli = new(world);

    [Fact]
    public async Task Raw_text_is_cut_into_blocks_and_learned_by_an_adapter()
    {
        string text = world.Write("texts/notes.jsonl", string.Join('\n', Enumerable.Range(0, 30).Select(i => $$"""{"text": "The blue sky and the red house number {{i}} stand beside a green cat and a grey tree of stone."}""")));
        CliResult train = await _cli.RunAsync("train", "--model", world.Model, "--data", text, "--task", "pretraining", "--block_size", "32", "--method", "lora", "--lora_target", "all",
            "--learning_rate", "1e-2", "--num_train_epochs", "3", "--val_size", "0", "--threads", "1", "--run_name", "texts");
        train.ExitCode.ShouldBe(0, train.ToString());
        train.Out.ShouldContain("30 documents with");
        train.Out.ShouldContain("documents are cut");
        train.Out.ShouldContain("tokens at the end are left out");
        File.Exists(Path.Combine(world.Home, "runs", "texts", "adapter", "adapter_model.safetensors")).ShouldBeTrue();

        CliResult eval = await _cli.RunAsync("eval", "texts", "--data", text, "--loss_only", "--threads", "1");
        eval.ExitCode.ShouldBe(0, eval.ToString());
    }

    [Fact]
    public async Task Conversations_are_no_raw_text()
    {
        CliResult train = await _cli.RunAsync("train", "--model", world.Model, "--data", world.Data, "--stage", "pt", "--val_size", "0");
        train.ExitCode.ShouldBe(2, train.ToString());
        train.Error.ShouldContain("Pre-training needs texts; this row is a conversation.");
    }
}
