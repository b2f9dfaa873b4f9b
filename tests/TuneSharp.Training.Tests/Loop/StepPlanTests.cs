using TuneSharp.Formats;
using TuneSharp.Training.Loop;

namespace TuneSharp.Training.Tests.Loop;

public class StepPlanTests
{
    [Fact]
    public void Create_ShortLastAccumulation_StillMakesAStep()
    {
        StepPlan plan = StepPlan.Create(17, 4, 2, 3, -1, false);
        plan.ShouldBe(new StepPlan(5, 3, 9, 3, 2));
        plan.At(2).ShouldBe((0, 2));
        plan.At(3).ShouldBe((1, 0));
        plan.EndsEpoch(3).ShouldBeTrue();
        plan.EpochsAfter(2).ShouldBe(0.8, 1e-12);
        plan.EpochsAfter(3).ShouldBe(1);
    }

    [Fact]
    public void Create_DropLastWithTooFewRows_IsRefused() =>
        Should.Throw<InvalidInputException>(() => StepPlan.Create(3, 4, 1, 1, -1, true)).Message.ShouldContain("dataloader_drop_last");

    [Fact]
    public void Create_NoRows_IsRefused() =>
        Should.Throw<InvalidInputException>(() => StepPlan.Create(0, 4, 1, 1, -1, false)).Message.ShouldContain("no training row");
}
