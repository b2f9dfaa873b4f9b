using TuneSharp.Application.FineTuning;
using TuneSharp.Application.Tests.EmbeddedModel;
using TuneSharp.Data;
using TuneSharp.Formats;
using TuneSharp.Models.Settings;
using TuneSharp.Peft.Settings;
using TuneSharp.Training.Settings;

namespace TuneSharp.Application.Tests.FineTuning;

public sealed class RunMemoryTests
{
    private static readonly TrainingExample[] Rows = [.. Enumerable.Range(0, 64).Select(_ => new TrainingExample(new int[256], new int[256]))];

    [Fact]
    public void A_run_that_cannot_fit_is_refused_with_the_setting_that_helps()
    {
        FineTuneRequest request = Request(rows: 32);
        long whole = RunMemory.Of(request, Rows).Total, recomputed = RunMemory.Of(request with { Training = request.Training with { GradientCheckpointing = true } }, Rows).Total;
        Should.NotThrow(() => RunMemory.Require(request, Rows, whole));

        InvalidInputException little = Should.Throw<InvalidInputException>(() => RunMemory.Require(request, Rows, (whole * 8 / 10 + recomputed) / 2));
        little.Message.ShouldContain("are free");
        little.Message.ShouldContain("With gradient_checkpointing: true it would take about");

        // The whole model cannot be trained where its states alone do not fit; an adapter can.
        FineTuneRequest full = Request(rows: 1) with { Method = new MethodSettings { Method = "full" } };
        long lora = RunMemory.Of(Request(rows: 1), Rows).Total;
        Should.Throw<InvalidInputException>(() => RunMemory.Require(full, Rows, lora + (2 << 20))).Message.ShouldContain("With method: lora it would");
        Should.Throw<InvalidInputException>(() => RunMemory.Require(request, Rows, 1 << 20)).Message.ShouldContain("check_memory: false");
    }

    [Fact]
    public void A_smaller_batch_that_accumulates_is_proposed_where_recomputing_is_on_already()
    {
        FineTuneRequest request = Request(rows: 64);
        request = request with { Training = request.Training with { GradientCheckpointing = true } };
        long quarter = RunMemory.Of(request with { Training = request.Training with { PerDeviceTrainBatchSize = 16 } }, Rows).Total;
        Should.Throw<InvalidInputException>(() => RunMemory.Require(request, Rows, quarter + (1 << 20))).Message.ShouldContain("per_device_train_batch_size: 16 and gradient_accumulation_steps: 4");
    }

    private static FineTuneRequest Request(int rows) => new()
    {
        Model = new ModelSettings { ModelNameOrPath = Repository.Model },
        Training = new TrainingSettings { PerDeviceTrainBatchSize = rows, NumTrainEpochs = 1 },
    };
}
