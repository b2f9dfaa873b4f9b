using TuneSharp.Inference.Sampling;

namespace TuneSharp.Inference.Tests.Sampling;

public sealed class MirostatTests
{
    [Fact]
    public void Only_tokens_within_the_limit_are_drawn_and_the_limit_follows_the_surprise()
    {
        // Probabilities 1/2, 1/4, 1/8, 1/8: surprises 1, 2, 3, 3 bits. The first limit is twice the target.
        float[] scores = [MathF.Log(0.125f), MathF.Log(0.5f), MathF.Log(0.25f), MathF.Log(0.125f)];
        var mirostat = new Mirostat(target: 1.1, rate: 0.5);
        mirostat.Candidates(scores).Ids.ShouldBe([1, 2]);
        mirostat.Draw(scores, 0.9).ShouldBe(2);
        // Among the two candidates the second has probability 1/3.
        mirostat.Limit.ShouldBe(2.2 - 0.5 * (Math.Log2(3) - 1.1), 1e-6);
    }

    [Fact]
    public void A_text_keeps_near_the_target()
    {
        var random = new Xoshiro256(5);
        var sampler = new TokenSampler(new SamplingSettings { Temperature = 1, TopP = 1, MirostatTau = 3, Seed = 9 });
        double surprise = 0;
        const int Tokens = 3000;
        for (int i = 0; i < Tokens; i++)
        {
            float[] scores = [.. Enumerable.Range(0, 200).Select(_ => (float)(random.NextDouble() * 8))];
            double[] p = Distribution.Softmax(scores);
            surprise -= Math.Log2(p[sampler.Next(new SamplingContext([], 0), scores)]);
        }
        // Without it this distribution gives about 6.6 bits. The limit is steered by probabilities among the candidates, hence the width.
        (surprise / Tokens).ShouldBeInRange(2.5, 5);
    }

    [Fact]
    public void A_seed_and_settings_draw_the_same_tokens()
    {
        int[] Draw(long seed)
        {
            var sampler = new TokenSampler(new SamplingSettings { Temperature = 1, MirostatTau = 3, XtcProbability = 0.5, Seed = seed });
            return [.. Enumerable.Range(0, 60).Select(_ => sampler.Next(new SamplingContext([], 0), new float[16]))];
        }
        Draw(1).ShouldBe(Draw(1));
        Draw(1).ShouldNotBe(Draw(2));
    }
}
