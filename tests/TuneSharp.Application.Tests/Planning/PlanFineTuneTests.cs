using System.Text.Json;
using TuneSharp.Application.FineTuning;
using TuneSharp.Application.Planning;
using TuneSharp.Application.Recipes;
using TuneSharp.Application.Runs;
using TuneSharp.Application.Tests.EmbeddedModel;
using TuneSharp.Formats;
using TuneSharp.Peft.Lora;

namespace TuneSharp.Application.Tests.Planning;

public sealed class PlanFineTuneTests : IDisposable
{
    private readonly TemporaryHome _home = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("tunesharp-plan-").FullName;

    public void Dispose()
    {
        _home.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void The_recipe_of_a_plan_is_the_planned_run()
    {
        FineTunePlan plan = Plan(Rows(240, words: 6), 8_000_000_000);
        string recipe = Path.Combine(_folder, "plan.yaml");
        File.WriteAllText(recipe, plan.ToRecipe(text => text));
        FineTuneRequest read = RecipeBinder.Bind<FineTuneRequest>(RecipeYaml.Load(recipe), []).Request;
        read.Validate();
        read.Training.ShouldBe(plan.Request.Training);
        read.Method.Method.ShouldBe("lora");
        var options = (LoraSettings)read.Method.EffectiveOptions;
        (options.R, options.TargetModules[0]).ShouldBe((8, "all-linear"));
        RunMemory.Of(read with { Data = plan.Request.Data }, [new(new int[64], new int[64])]).Total.ShouldBeGreaterThan(0);
        plan.NumRows.ShouldBe(216);
        plan.NumSteps.ShouldBe(5 * 14);
        plan.Settings.ShouldAllBe(setting => setting.Reason.Length > 0);
    }

    [Fact]
    public void Less_memory_gives_leaner_settings_and_too_little_is_refused()
    {
        string rows = Rows(1500, words: 40);
        FineTunePlan ample = Plan(rows, 64_000_000_000);
        ample.Request.Method.Method.ShouldBe("full", "the embedded model is small, and the rows are many");
        long previous = long.MaxValue;
        var batches = new List<int>();
        for (long memory = ample.EstimatedBytes; ; memory = (long)(memory * 0.97))
        {
            FineTunePlan plan;
            try
            {
                plan = Plan(rows, memory);
            }
            catch (InvalidInputException e)
            {
                e.Message.ShouldContain("The leanest way of training this model takes about");
                break;
            }
            plan.EstimatedBytes.ShouldBeLessThanOrEqualTo((long)(0.9 * memory));
            plan.EstimatedBytes.ShouldBeLessThanOrEqualTo(previous);
            previous = plan.EstimatedBytes;
            batches.Add(plan.Request.Training.PerDeviceTrainBatchSize);
            (plan.Request.Training.PerDeviceTrainBatchSize * plan.Request.Training.GradientAccumulationSteps).ShouldBe(16);
        }
        batches.Count.ShouldBeGreaterThan(1);
        batches.Min().ShouldBeLessThan(8);
    }

    [Fact]
    public void A_few_very_long_rows_do_not_decide_the_length()
    {
        string rows = Rows(400, words: 5, longRows: 2);
        FineTunePlan plan = Plan(rows, 8_000_000_000);
        PlannedSetting limit = plan.Settings.Single(setting => setting.Key == "max_length");
        int.Parse(limit.Value, System.Globalization.CultureInfo.InvariantCulture).ShouldBeLessThan(100);
        plan.Settings.ShouldContain(setting => setting.Key == "overlong_rows" && setting.Value == "truncate");
    }

    [Theory]
    [InlineData("8GB", 8_000_000_000)]
    [InlineData("7.5 GiB", 8_053_063_680)]
    [InlineData("600mb", 600_000_000)]
    [InlineData("2g", 2_000_000_000)]
    public void Amounts_of_memory_are_read(string text, long bytes) => MemorySize.Parse(text, "--memory").ShouldBe(bytes);

    [Theory]
    [InlineData("8")]
    [InlineData("many GB")]
    [InlineData("-1GB")]
    [InlineData("1e30GB")]
    public void Other_words_are_refused(string text) => Should.Throw<InvalidInputException>(() => MemorySize.Parse(text, "--memory")).Message.ShouldContain(text);

    private FineTunePlan Plan(string rows, long memory) => new PlanFineTune(_home.Home, TimeProvider.System).Execute(new PlanRequest(Repository.Model, rows, memory));

    private string Rows(int count, int words, int longRows = 0)
    {
        string path = Path.Combine(_folder, $"{count}-{words}-{longRows}.jsonl");
        File.WriteAllLines(path, Enumerable.Range(0, count).Select(i =>
            JsonSerializer.Serialize(new { instruction = $"Say number {i}.", output = string.Join(' ', Enumerable.Repeat($"word{i % 7}", i < longRows ? words * 30 : words)) })));
        return path;
    }
}
