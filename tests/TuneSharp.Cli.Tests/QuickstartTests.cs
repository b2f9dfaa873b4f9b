using System.Diagnostics;
using System.Text.Json.Nodes;

namespace TuneSharp.Cli.Tests;

/// <summary>The promise of the first command: the embedded model learns the embedded task, and only because the answers belong to the questions.</summary>
public sealed class QuickstartTests(TinyWorld world)
{
    private static readonly string Recipe = Path.Combine(AppContext.BaseDirectory, "recipes", "quickstart.lora.yaml");
    private static readonly string Model = Path.Combine(AppContext.BaseDirectory, "models", "tunesharp-mini");
    private static readonly string Dataset = Path.Combine(AppContext.BaseDirectory, "datasets", "notice-board");

    private readonly Cli _cli = new(world);

    [Fact]
    public async Task Quickstart_ExactMatchRisesFromNothingToMost()
    {
        SkipWithoutModel();
        long start = Stopwatch.GetTimestamp();
        CliResult result = await _cli.RunAsync("quickstart", "--run_name", "quick");
        TestContext.Current.TestOutputHelper!.WriteLine($"quickstart took {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s (goal: below 120 s on two idle cores)\n{result.Out}");
        result.ExitCode.ShouldBe(0, result.ToString());
        ExactMatch(result.Out, "before").ShouldBeLessThanOrEqualTo(10);
        ExactMatch(result.Out, "after").ShouldBeGreaterThanOrEqualTo(60);
        result.Out.ShouldContain(Path.Combine(world.Home, "runs", "quick"));
        result.Out.ShouldContain("tunesharp chat quick");
        result.Out.Split("\nQuestion: ").Length.ShouldBe(4, "three answers side by side");
    }

    [Fact]
    public async Task Control_TrainedOnShuffledAnswers_DoesNotImprove()
    {
        SkipWithoutModel();
        string shuffled = ShuffleAnswers(await File.ReadAllLinesAsync(Path.Combine(Dataset, "train.jsonl"), TestContext.Current.CancellationToken));
        string validation = Path.Combine(Dataset, "validation.jsonl");
        CliResult train = await _cli.RunAsync("train", Recipe, "--model", Model, "--dataset", shuffled, "--validation_file", validation, "--run_name", "shuffled");
        train.ExitCode.ShouldBe(0, train.ToString());
        CliResult eval = await _cli.RunAsync("eval", "shuffled", "--data", validation, "--max_new_tokens", "48");
        ExactMatch(eval.Out, "shuffled").ShouldBeLessThanOrEqualTo(10, eval.Out);
    }

    private static void SkipWithoutModel()
    {
        if (!File.Exists(Recipe) || !File.Exists(Path.Combine(Model, "model.safetensors"))) Assert.Skip("This build has no embedded model.");
    }

    /// <summary>Every row keeps its question and gets the answer of another row in the same language.</summary>
    private string ShuffleAnswers(string[] lines)
    {
        JsonNode[] rows = [.. lines.Where(line => line.Length > 0).Select(line => JsonNode.Parse(line)!)];
        var random = new Random(5);
        foreach (IGrouping<bool, JsonNode> language in rows.GroupBy(row => Answer(row).GetValue<string>().StartsWith("who", StringComparison.Ordinal)))
        {
            JsonNode[] group = [.. language];
            string[] answers = [.. group.Select(row => Answer(row).GetValue<string>())];
            random.Shuffle(answers);
            for (int i = 0; i < group.Length; i++) group[i]["messages"]![1]!["content"] = answers[i];
        }

        return world.Write("shuffled.jsonl", string.Join('\n', rows.Select(row => row.ToJsonString())) + "\n");

        static JsonNode Answer(JsonNode row) => row["messages"]![1]!["content"]!;
    }

    private static double ExactMatch(string output, string name)
    {
        string line = output.Split('\n').Single(candidate => candidate.StartsWith(name + "  ", StringComparison.Ordinal));
        return double.Parse(line.TrimEnd('%', ' ').Split(' ')[^1]);
    }
}
