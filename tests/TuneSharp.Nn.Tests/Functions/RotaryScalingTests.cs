namespace TuneSharp.Nn.Tests.Functions;

/// <summary>Frequencies of each kind of stretching, against numbers worked out from the formulas by hand or recorded.</summary>
public sealed class RotaryScalingTests
{
    [Fact]
    public void Linear_divides_every_frequency() =>
        Near(new RotaryScaling.Linear(4).Frequencies(8, 10000, 0), [0.25, 0.025, 0.0025, 0.00025]);

    [Fact]
    public void Dynamic_grows_the_base_only_beyond_the_trained_length()
    {
        var scaling = new RotaryScaling.DynamicNtk(2, 24);
        Near(scaling.Frequencies(8, 10000, 10), [1, 0.1, 0.01, 0.001]);
        Near(scaling.Frequencies(8, 10000, 24), [1, 0.1, 0.01, 0.001]);
        // 40 tokens: recorded from the reference implementation.
        Near(scaling.Frequencies(8, 10000, 40), [1.0, 0.07539474219083786, 0.005684367381036282, 0.0004285714530851692]);
    }

    [Fact]
    public void Llama3_keeps_short_wavelengths_and_stretches_long_ones()
    {
        double[] f = new RotaryScaling.Llama3(8, 1, 4, 8192).Frequencies(128, 500000, 0), trained = new RotaryScaling.None().Frequencies(128, 500000, 0);
        for (int i = 0; i < f.Length; i++)
        {
            double wavelength = 2 * Math.PI / trained[i];
            double expected = wavelength < 2048 ? trained[i] : wavelength > 8192 ? trained[i] / 8
                : trained[i] * ((8192 / wavelength - 1) / 3 + (1 - (8192 / wavelength - 1) / 3) / 8);
            f[i].ShouldBe(expected, 1e-15);
        }
    }

    [Fact]
    public void Yarn_leads_from_trained_to_interpolated_frequencies()
    {
        var scaling = new RotaryScaling.Yarn(4, 16);
        // Recorded from the reference implementation.
        Near(scaling.Frequencies(8, 10000, 0), [1.0, 0.02500000037252903, 0.0024999999441206455, 0.0002500000118743628]);
        scaling.AttentionFactor.ShouldBe(1.138629436111989, 1e-12);
        (scaling with { Attention = 1.5 }).AttentionFactor.ShouldBe(1.5);
        double[] middle = new RotaryScaling.Yarn(4, 4096).Frequencies(128, 10000, 0), trained = new RotaryScaling.None().Frequencies(128, 10000, 0);
        middle[0].ShouldBe(trained[0]);
        middle[^1].ShouldBe(trained[^1] / 4, 1e-15);
        middle.Zip(trained, (a, b) => a / b).ShouldBe(middle.Zip(trained, (a, b) => a / b).OrderDescending());
    }

    [Fact]
    public void With_a_cache_the_longest_length_stays_until_all_rows_are_short_again()
    {
        var rotary = new RotaryEmbedding(8, 10000, new RotaryScaling.DynamicNtk(2, 24), 24);
        using var cache = new KvCache(1, 1, 1, 8, 64);
        foreach ((int positions, int expected) in (List<(int, int)>)[(10, 24), (40, 40), (30, 40), (24, 40), (23, 24)])
        {
            using TokenBatch batch = TokenBatch.FromRows([[1]], positions: [[positions - 1]]);
            _ = rotary.Angles(batch, cache, TorchSharp.torch.ScalarType.Float32);
            cache.RotaryLength.ShouldBe(expected, $"after a row of {positions}");
        }
    }

    private static void Near(double[] actual, double[] expected)
    {
        for (int i = 0; i < expected.Length; i++) actual[i].ShouldBe(expected[i], 1e-7 * expected[i]);
    }
}
