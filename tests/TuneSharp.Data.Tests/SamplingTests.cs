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
