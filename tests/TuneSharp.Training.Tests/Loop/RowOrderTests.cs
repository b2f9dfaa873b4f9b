using TuneSharp.Data;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Tests.Loop;

public class RowOrderTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rows_AreShuffledInEachEpoch_UnlessTheOrderIsToBeKept(bool disableShuffling)
    {
        var settings = new TrainingSettings { DisableShuffling = disableShuffling, PerDeviceTrainBatchSize = 4, NumTrainEpochs = 2 };
        TrainingExample[] examples = [.. Enumerable.Range(0, 20).Select(row => new TrainingExample([row, row], [row, row]))];
        var batches = new MicroBatches(examples, StepPlan.Create(examples.Length, settings), settings);

        int[] Epoch(int first) => [.. Enumerable.Range(first, 5).SelectMany(step => batches.Of(step)).SelectMany(batch => batch).Select(row => row.InputIds[0])];
        int[] inOrder = [.. Enumerable.Range(0, 20)];

        Epoch(0).SequenceEqual(inOrder).ShouldBe(disableShuffling);
        Epoch(5).SequenceEqual(Epoch(0)).ShouldBe(disableShuffling);
        Epoch(5).Order().ShouldBe(inOrder);
    }
}
