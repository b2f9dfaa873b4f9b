using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Training.Schedules;

namespace TuneSharp.Training.Tests.Schedules;

public class LearningRateScheduleTests
{
    [Fact]
    public void Linear_WithWarmup_RisesFromZeroAndFallsToZero()
    {
        LearningRateSchedule schedule = LearningRateSchedule.Create("linear", 0.01, 2, 8);
        schedule.At(0).ShouldBe(0);
        schedule.At(1).ShouldBe(0.005, 1e-15);
        schedule.At(2).ShouldBe(0.01, 1e-15);
        schedule.At(7).ShouldBe(0.01 / 6, 1e-15);
        schedule.At(8).ShouldBe(0);
        schedule.At(100).ShouldBe(0);
    }

    [Fact]
    public void EverySchedule_OverAWholeRun_StaysBetweenZeroAndPeak()
    {
        foreach (string name in ScheduleCatalog.Names)
        {
            JsonObject? arguments = name switch
            {
                "cosine_with_min_lr" or "cosine_warmup_with_min_lr" => new JsonObject { ["min_lr_rate"] = 0.1 },
                "warmup_stable_decay" => new JsonObject { ["num_decay_steps"] = 5 },
                _ => null,
            };
            LearningRateSchedule schedule = LearningRateSchedule.Create(name, 3e-4, 4, 20, arguments);
            for (int step = 0; step < 20; step++) schedule.At(step).ShouldBeInRange(0, 3e-4 * (1 + 1e-12), name);
            schedule.At(4).ShouldBeGreaterThan(2.9e-4, name);
        }
    }

    [Theory]
    [InlineData(0, 10, 0)]
    [InlineData(0.1, 11, 2)]
    [InlineData(0.5, 7, 4)]
    [InlineData(1, 10, 1)]
    [InlineData(2.7, 10, 2)]
    public void ResolveWarmup_ShareOrSteps_RoundsAsTrainer(double given, int total, int expected) =>
        LearningRateSchedule.ResolveWarmup(given, total).ShouldBe(expected);

    [Fact]
    public void Create_UnknownName_ListsWhatThereIs() =>
        Should.Throw<InvalidInputException>(() => LearningRateSchedule.Create("linaer", 1e-3, 0, 10)).Message.ShouldContain("cosine_with_restarts");

    [Fact]
    public void Create_UnknownArgument_NamesIt() =>
        Should.Throw<InvalidInputException>(() => LearningRateSchedule.Create("cosine", 1e-3, 0, 10, new JsonObject { ["cycles"] = 2 })).Message.ShouldContain("`cycles`");

    [Theory]
    [InlineData("polynomial", """{"lr_end": 1}""")]
    [InlineData("polynomial", """{"power": "two"}""")]
    [InlineData("inverse_sqrt", """{"timescale": 0}""")]
    [InlineData("cosine_with_min_lr", """{}""")]
    [InlineData("cosine_with_min_lr", """{"min_lr": 1e-4, "min_lr_rate": 0.1}""")]
    [InlineData("warmup_stable_decay", """{}""")]
    [InlineData("warmup_stable_decay", """{"num_decay_steps": 2, "decay_type": "straight"}""")]
    public void Create_BadArgument_IsRefused(string name, string arguments) =>
        Should.Throw<InvalidInputException>(() => LearningRateSchedule.Create(name, 1e-3, 0, 10, JsonNode.Parse(arguments)!.AsObject()));
}
