using TorchSharp;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Tests.Loop;

public class MemoryTests
{
    [Theory]
    [InlineData("lora")]
    [InlineData("full")]
    public void ThousandSteps_NoTensorIsAdded_AndAnonymousMemoryIsFlat(string method)
    {
        using var run = new TrainRun();
        long tensors = 0, maxTensors = 0, rss = 0, maxRss = 0;
        int steps = 0;
        run.Run(method == "lora" ? TrainRun.Lora : TrainRun.Full, new TrainingSettings { MaxSteps = 1000, PerDeviceTrainBatchSize = 2, EvalSteps = 100, SaveSteps = 0, LoadBestModelAtEnd = false }, TinyModel.Rows(50), TinyModel.Rows(4),
            poll: () =>
            {
                // Between two steps; the first ones fill the workspace and the heap.
                if (++steps == 300) (tensors, rss) = (torch.Tensor.TotalCount, AnonymousKilobytes());
                if (steps > 300 && steps % 50 == 0) (maxTensors, maxRss) = (Math.Max(maxTensors, torch.Tensor.TotalCount), Math.Max(maxRss, AnonymousKilobytes()));
                return RunRequest.None;
            });
        steps.ShouldBeGreaterThan(1000);
        maxTensors.ShouldBeLessThanOrEqualTo(tensors + 16, "batches of other lengths may be in flight; a leak would be thousands");
        (maxRss - rss).ShouldBeLessThan(24 * 1024, "kB");
    }

    private static long AnonymousKilobytes() => long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1]);
}
