using TorchSharp;
using TuneSharp.Nn.Tests.Support;
using static TorchSharp.torch;

namespace TuneSharp.Nn.Tests.TapeTests;

/// <summary>
/// Random graphs of all functions in float64 (float32 would fail by conditioning): every gradient against autograd, some
/// against central differences, nothing forgotten, inference bit-equal.
/// </summary>
public sealed class RandomGraphTests
{
    private const double Tolerance = 3e-8;

    [Fact]
    public void Gradients_equal_autograd()
    {
        int compared = 0, exploded = 0, differences = 0;
        double worst = 0;
        for (int seed = 0; seed < 400; seed++)
        {
            using var run = new GraphRun(seed);
            if (run.Exploded)
            {
                exploded++;
                continue;
            }
            foreach ((string what, Tensor? actual, Tensor? expected) in run.Gradients())
            {
                compared++;
                if (expected is null)
                {
                    actual.ShouldBeNull(what);
                    continue;
                }
                double error = actual is null && Tensors.Numbers(expected).All(g => g == 0) ? 0 : Tensors.RelativeError(actual.ShouldNotBeNull(what), expected);
                error.ShouldBeLessThan(Tolerance, what);
                worst = Math.Max(worst, error);
            }
            run.Forgotten.ShouldBe(0, $"graph {seed}");
            run.InferenceIsEqual.ShouldBeTrue($"graph {seed}");
            if (seed % 8 == 0)
            {
                differences++;
                run.DifferenceError().ShouldBeLessThan(3e-6, $"central difference of graph {seed}");
            }
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{compared} gradients, worst {worst:e1}; {differences} differences; {exploded} graphs left out because they explode");
        compared.ShouldBeGreaterThan(1000);
        exploded.ShouldBeLessThan(100);
    }
}
