using TuneSharp.Inference.Sampling;

namespace TuneSharp.Inference.Tests.Sampling;

public sealed class TokenSamplerTests
{
    [Fact]
    public void Greedy_takes_the_first_of_the_best()
    {
        var sampler = new TokenSampler(SamplingSettings.Greedy(5));
        sampler.Next(new SamplingContext([], 0), [1, 3, 3, 2]).ShouldBe(1);
    }

    [Fact]
    public void A_draw_follows_the_probabilities()
    {
        float[] logits = [MathF.Log(0.5f), MathF.Log(0.3f), float.NegativeInfinity, MathF.Log(0.2f)];
        var sampler = new TokenSampler(new SamplingSettings { Temperature = 1, TopP = 1, Seed = 3 });
        var counts = new int[4];
        const int Draws = 20000;
        for (int i = 0; i < Draws; i++) counts[sampler.Next(new SamplingContext([], 0), [.. logits])]++;
        counts[2].ShouldBe(0);
        // Five standard deviations of a share near 0.5 over 20,000 draws are 0.018.
        ((double)counts[0] / Draws).ShouldBe(0.5, 0.018);
        ((double)counts[1] / Draws).ShouldBe(0.3, 0.018);
        ((double)counts[3] / Draws).ShouldBe(0.2, 0.018);
    }

    [Fact]
    public void The_same_seed_gives_the_same_tokens_and_another_seed_others()
    {
        int[] Draw(long seed)
        {
            var sampler = new TokenSampler(new SamplingSettings { Temperature = 1, TopP = 1, Seed = seed });
            return [.. Enumerable.Range(0, 50).Select(_ => sampler.Next(new SamplingContext([], 0), new float[16]))];
        }
        Draw(1).ShouldBe(Draw(1));
        Draw(1).ShouldNotBe(Draw(2));
    }

    [Fact]
    public void The_generator_gives_the_published_numbers()
    {
        // SplitMix64 from seed 0 begins with 0xE220A8397B1DCDAF; the first output is rotl(s1 * 5, 7) * 9 of the four words.
        var random = new Xoshiro256(0);
        random.NextUInt64().ShouldBe(0x99EC5F36CB75F2B4UL);
        double u = random.NextDouble();
        u.ShouldBeInRange(0, 1);
    }

    [Fact]
    public void Scores_that_are_not_numbers_end_the_text_with_a_reason()
    {
        var sampler = new TokenSampler(SamplingSettings.Greedy(5));
        Should.Throw<ArithmeticException>(() => sampler.Next(new SamplingContext([], 0), [float.NaN, float.NaN])).Message.ShouldContain("not finite");
    }
}
