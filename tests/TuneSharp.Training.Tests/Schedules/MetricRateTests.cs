using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Schedules;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Tests.Schedules;

/// <summary>Learning rates that follow the validation loss.</summary>
public sealed class MetricRateTests
{
    [Fact]
    public void Plateau_falls_after_more_than_patience_losses_that_are_no_better_and_pauses()
    {
        LearningRateSchedule schedule = Create("reduce_lr_on_plateau", """{"patience": 1, "factor": 0.5, "cooldown": 2, "min_lr": 0.3}""");
        Rates(schedule, [1, 0.9, 0.9, 0.95, 0.95, 0.95, 0.95, 0.95, 0.95, 0.95]).ShouldBe([1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.3, 0.3, 0.3]);
    }

    [Fact]
    public void Greedy_rises_while_the_loss_falls_and_begins_anew_after_long_at_the_floor()
    {
        LearningRateSchedule schedule = Create("greedy", """{"patience": 0, "factor": 0.5, "min_lr": 0.5, "max_lr": 4, "reset_start": 2}""");
        Rates(schedule, [5, 4, 3, 3, 3, 3]).ShouldBe([2, 4, 4, 2, 1, 0.5]);
        // The first reduction to the floor counts too: the second one resets rate and best.
        Rates(schedule, [3, 9]).ShouldBe([1, 2]);
    }

    [Fact]
    public void Greedy_smooth_compares_the_mean_of_the_window()
    {
        LearningRateSchedule schedule = Create("greedy", """{"patience": 0, "factor": 0.5, "min_lr": 0.1, "max_lr": 8, "smooth": true, "window_size": 2}""");
        // means 4, 3, 3.5, 2
        Rates(schedule, [4, 2, 5, -1]).ShouldBe([2, 4, 2, 4]);
    }

    [Fact]
    public void What_was_seen_goes_on_in_another_schedule()
    {
        const string Arguments = """{"patience": 1, "factor": 0.5, "min_lr": 0.01, "max_lr": 4, "smooth": true, "window_size": 3, "cooldown": 1, "warmup": 1}""";
        double[] losses = [4, 3, 2, 5, 6, 7, 1, 1, 1, 0.5];
        LearningRateSchedule whole = Create("greedy", Arguments), first = Create("greedy", Arguments), second = Create("greedy", Arguments);
        double[] expected = Rates(whole, losses);
        Rates(first, losses[..4]);
        second.Seen = first.Seen;
        Rates(second, losses[4..]).ShouldBe(expected[4..]);
    }

    [Theory]
    [InlineData("reduce_lr_on_plateau", """{"factor": 1}""", "factor")]
    [InlineData("reduce_lr_on_plateau", """{"mode": "low"}""", "min, max")]
    [InlineData("reduce_lr_on_plateau", """{"max_lr": 1}""", "max_lr")]
    [InlineData("greedy", """{"smooth": "perhaps"}""", "true or false")]
    [InlineData("greedy", """{"smooth": true, "window_size": 0}""", "window_size")]
    public void Wrong_arguments_are_refused(string name, string arguments, string what) => Should.Throw<InvalidInputException>(() => Create(name, arguments)).Message.ShouldContain(what);

    [Fact]
    public void A_run_follows_its_validation_loss_and_resumes_as_if_it_had_not_stopped()
    {
        TrainingSettings settings = new()
        {
            LearningRate = 0.05,
            LrSchedulerType = "reduce_lr_on_plateau",
            LrSchedulerKwargs = JsonNode.Parse("""{"patience": 0, "threshold": 0.5}""")!.AsObject(),
            MaxSteps = 8,
            EvalSteps = 1,
            SaveSteps = 4,
            SaveTotalLimit = null,
        };
        using TrainRun whole = new(), resumed = new();
        whole.Run(TrainRun.Lora, settings, TinyModel.Rows(8), TinyModel.Rows(4, seed: 3));
        double[] rates = [.. whole.Steps.Select(step => step.LearningRate)];
        rates.Distinct().Count().ShouldBeGreaterThan(1);
        resumed.Run(TrainRun.Lora, settings, TinyModel.Rows(8), TinyModel.Rows(4, seed: 3), resumeFrom: Path.Combine(whole.Checkpoints, "step-000004"));
        resumed.Steps.Select(step => step.LearningRate).ShouldBe(rates[4..]);
        File.ReadAllBytes(Path.Combine(resumed.Result, "adapter_model.safetensors")).ShouldBe(File.ReadAllBytes(Path.Combine(whole.Result, "adapter_model.safetensors")));
    }

    [Fact]
    public void Without_a_validation_loss_to_follow_the_run_is_refused()
    {
        using var run = new TrainRun();
        TrainingSettings settings = new() { LrSchedulerType = "greedy", MaxSteps = 2 };
        Should.Throw<InvalidInputException>(() => run.Run(TrainRun.Lora, settings, TinyModel.Rows(4))).Message.ShouldContain("validation");
        Should.Throw<InvalidInputException>((settings with { WarmupSteps = 1 }).Validate).Message.ShouldContain("warmup_steps");
    }

    private static LearningRateSchedule Create(string name, string arguments) => LearningRateSchedule.Create(name, 1, 0, 20, JsonNode.Parse(arguments)!.AsObject());

    /// <summary>The rate after each loss.</summary>
    private static double[] Rates(LearningRateSchedule schedule, double[] losses) => [.. losses.Select((loss, i) =>
    {
        schedule.Observe(loss);
        return schedule.At(i);
    })];
}
