using TuneSharp.Data.Sampling;
using TuneSharp.Formats;

namespace TuneSharp.Data.Tests;

public class SamplingTests
{
    // torch.randperm(n, generator=torch.Generator().manual_seed(seed)), torch 2.x on the CPU.
    [Theory]
    [InlineData(0, new[] { 4, 0, 1, 3, 2 })]
    [InlineData(42, new[] { 2, 4, 3, 0, 1 })]
    [InlineData(0, new[] { 4, 5, 13, 19, 7, 14, 3, 6, 9, 17, 11, 2, 16, 18, 10, 12, 15, 8, 1, 0 })]
    [InlineData(42, new[] { 2, 14, 18, 15, 1, 10, 0, 4, 6, 11, 8, 3, 7, 17, 13, 12, 19, 5, 16, 9 })]
    public void Permutation_IsTorchs(long seed, int[] expected) => RandomPermutation.Of(expected.Length, seed).ShouldBe(expected);

    [Fact]
    public void Permutation_OfAThousand_BeginsAsTorchsAndHoldsAll()
    {
        int[] order = RandomPermutation.Of(1000, 42);
        order[..8].ShouldBe([542, 618, 816, 68, 94, 215, 60, 585]);
        order.Order().ShouldBe(Enumerable.Range(0, 1000));
    }

    // torch 2.13 after manual_seed; Python's random.Random(seed).shuffle; numpy.random.RandomState(seed).permutation.
    [Fact]
    public void Draws_AreThoseOfTorchPythonAndNumPy()
    {
        Draw(5, random => random.NextSingle(), 0).ShouldBe([0.49625658988952637f, 0.7682217955589294f, 0.08847743272781372f, 0.13203048706054688f, 0.30742281675338745f]);
        new TorchRandom(0).Normal(5).ShouldBe([1.5409960746765137f, -0.293428897857666f, -2.1787893772125244f, 0.5684312582015991f, -1.0845223665237427f], 1e-6);
        float[] many = new TorchRandom(42).Normal(20);
        many[..4].ShouldBe([1.9269152879714966f, 1.4872840642929077f, 0.9007171988487244f, -2.1055209636688232f], 1e-6);
        many[^2..].ShouldBe([0.8034093379974365f, -0.6215953826904297f], 1e-6);
        Draw(8, random => random.NextInt32(0, 100), 42).ShouldBe([42, 67, 76, 14, 26, 35, 20, 24]);
        new TorchRandom(42).NextInt64().ShouldBe(6909045637428952499);
        Draw(12, random => random.NextBernoulli(0.3) ? 1 : 0, 42).ShouldBe([0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0]);
        RandomPermutation.AsPython(20, 42).ShouldBe([19, 5, 14, 4, 9, 13, 15, 18, 6, 12, 17, 10, 1, 11, 2, 16, 7, 8, 0, 3]);
        RandomPermutation.AsNumPy(20, 42).ShouldBe([0, 17, 15, 1, 8, 5, 11, 3, 18, 16, 13, 2, 9, 19, 4, 12, 7, 10, 14, 6]);

        static T[] Draw<T>(int count, Func<TorchRandom, T> next, long seed)
        {
            var random = new TorchRandom(seed);
            return [.. Enumerable.Range(0, count).Select(_ => next(random))];
        }
    }

    // transformers 5.23, train_sampling_strategy: group_by_length, seed 20292, 2 rows a batch, 2 batches a step.
    [Fact]
    public void GroupedByLength_IsTrainersOrder()
    {
        int[] lengths = [12, 16, 7, 14, 10, 14, 7, 19, 11, 14, 8, 13, 11, 18, 7, 13, 10, 14];
        LengthGroupedOrder.Of(lengths, 4, 20292, epoch: 0).ShouldBe([7, 0, 16, 6, 1, 17, 12, 4, 5, 3, 10, 14, 15, 13, 8, 2, 9, 11]);
        var plan = new BatchPlan(18, 2, 2, 20292) { Lengths = lengths };
        plan.Order(3).Order().ShouldBe(Enumerable.Range(0, 18));
        plan.Order(3).ShouldNotBe(plan.Order(0));
        lengths[plan.Order(3)[0]].ShouldBe(19);    // the longest comes first in every epoch
    }

    [Fact]
    public void BatchPlan_EveryEpoch_TakesEveryRowOnceInTorchsOrder()
    {
        var plan = new BatchPlan(rows: 18, batchSize: 4, accumulation: 2, seed: 7);
        (plan.MicroBatchesPerEpoch, plan.StepsPerEpoch).ShouldBe((5, 3));
        for (int epoch = 0; epoch < 3; epoch++)
        {
            int[] order = plan.Order(epoch);
            order.ShouldBe(RandomPermutation.Of(18, 7 + epoch));
            List<int[]> batches = [.. Enumerable.Range(0, 3).SelectMany(step => plan.MicroBatches(order, step))];
            batches.Select(b => b.Length).ShouldBe([4, 4, 4, 4, 2]);
            batches.SelectMany(b => b).ShouldBe(order);
        }
    }

    [Fact]
    public void BatchPlan_NoRowsOrSizes_IsRefused()
    {
        Should.Throw<InvalidInputException>(() => new BatchPlan(0, 1, 1, 0));
        Should.Throw<InvalidInputException>(() => new BatchPlan(1, 0, 1, 0)).Message.ShouldContain("per_device_train_batch_size");
        Should.Throw<InvalidInputException>(() => new BatchPlan(1, 1, 0, 0)).Message.ShouldContain("gradient_accumulation_steps");
    }
}
