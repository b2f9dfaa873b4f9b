using TuneSharp.Peft.Randomness;

namespace TuneSharp.Peft.Tests.Randomness;

public class CounterRandomTests
{
    [Fact]
    public void FillDropout_KeepsTheRightShareAndTheMean()
    {
        var mask = new float[200_001];
        CounterRandom.FillDropout(mask, CounterRandom.Key(1, 2), 0.3);
        mask.Count(value => value == 0).ShouldBeInRange(59_000, 61_000);
        mask.Where(value => value != 0).ShouldAllBe(value => value == (float)(1 / 0.7));
        ((double)mask.Average()).ShouldBe(1, 0.01);
        mask[^1].ShouldBeOneOf(0, (float)(1 / 0.7));
    }

    [Fact]
    public void Fill_SameKey_SameNumbers_OtherKey_Others()
    {
        float[] a = new float[64], b = new float[64], c = new float[64];
        CounterRandom.FillUniform(a, CounterRandom.Key(7, 1, 2), 0.5);
        CounterRandom.FillUniform(b, CounterRandom.Key(7, 1, 2), 0.5);
        CounterRandom.FillUniform(c, CounterRandom.Key(7, 2, 1), 0.5);
        a.ShouldBe(b);
        a.ShouldNotBe(c);
        a.ShouldAllBe(value => value >= -0.5f && value < 0.5f);
        a.Distinct().Count().ShouldBe(64);
    }

    [Fact]
    public void FillUniform_FillsItsRangeEvenly()
    {
        var values = new float[100_000];
        CounterRandom.FillUniform(values, CounterRandom.Key(3), 1);
        ((double)values.Average()).ShouldBe(0, 0.01);
        values.Average(value => (double)value * value).ShouldBe(1 / 3.0, 0.01);
        // Neighbours are independent.
        Enumerable.Range(0, values.Length - 1).Average(i => (double)values[i] * values[i + 1]).ShouldBe(0, 0.01);
    }

    [Fact]
    public void Hash_NamesThatDifferByOneLetter_Differ() =>
        CounterRandom.Hash("model.layers.0.q_proj").ShouldNotBe(CounterRandom.Hash("model.layers.1.q_proj"));
}
