using TuneSharp.Application.Measuring;

namespace TuneSharp.Application.Tests.Measuring;

public sealed class ScoreDifferenceTests
{
    [Fact]
    public void ClearGain_IsBeyondChance()
    {
        double[] before = [.. Enumerable.Range(0, 40).Select(i => 0.2 + 0.005 * i)], after = [.. before.Select((b, i) => b + 0.3 + 0.001 * i)];
        ScoreDifference difference = ScoreDifference.Of(before, after)!;
        difference.Mean.ShouldBe(0.3195, 1e-9);
        difference.Low.ShouldBeInRange(0.3, difference.Mean);
        difference.High.ShouldBeInRange(difference.Mean, 0.34);
        difference.PValue.ShouldBeLessThan(1e-6);
        ScoreDifference.Of(before, after).ShouldBe(difference, "the same rows give the same interval");
    }

    [Fact]
    public void Noise_IsNot()
    {
        double[] before = [.. Enumerable.Range(0, 40).Select(i => Math.Sin(i))], after = [.. Enumerable.Range(0, 40).Select(i => Math.Sin(i * 7 + 1))];
        ScoreDifference difference = ScoreDifference.Of(before, after)!;
        difference.PValue.ShouldBeGreaterThan(0.2);
        difference.Low.ShouldBeLessThan(0);
        difference.High.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData(new double[] { 0, 0, 0, 0, 0, 0 }, new double[] { 1, 1, 1, 1, 1, 1 }, 0.03125)] // McNemar, six rows that only one has right
    [InlineData(new double[] { 0.1, 0.2, 0.3 }, new double[] { 0.2, 0.4, 0.6 }, 0.25)] // all signs of three rows
    [InlineData(new double[] { 0.5, 0.5 }, new double[] { 0.5, 0.5 }, 1)]
    public void FewRows_AreCountedExactly(double[] before, double[] after, double p) => ScoreDifference.Of(before, after)!.PValue.ShouldBe(p, 1e-12);

    [Fact]
    public void OtherRows_CannotBeCompared()
    {
        ScoreDifference.Of([0.5], [0.5]).ShouldBeNull();
        ScoreDifference.Of([0.5, 0.5], [0.5]).ShouldBeNull();
        ScoreDifference.Of([0.5, double.NaN], [0.5, 0.1]).ShouldBeNull();
    }
}
