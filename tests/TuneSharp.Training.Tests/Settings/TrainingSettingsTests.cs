using TuneSharp.Formats;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Tests.Settings;

public class TrainingSettingsTests
{
    [Fact]
    public void Validate_Defaults_Pass() => new TrainingSettings().Validate();

    public static TheoryData<TrainingSettings, string> Wrong => new()
    {
        { new TrainingSettings { LearningRate = 0 }, "learning_rate" },
        { new TrainingSettings { LearningRate = double.NaN }, "learning_rate" },
        { new TrainingSettings { LearningRate = 3 }, "learning_rate" },
        { new TrainingSettings { LrSchedulerType = "linaer" }, "linaer" },
        { new TrainingSettings { WarmupSteps = -1 }, "warmup_steps" },
        { new TrainingSettings { NumTrainEpochs = 0 }, "num_train_epochs" },
        { new TrainingSettings { MaxSteps = 0 }, "max_steps" },
        { new TrainingSettings { PerDeviceTrainBatchSize = 0 }, "per_device_train_batch_size" },
        { new TrainingSettings { GradientAccumulationSteps = 0 }, "gradient_accumulation_steps" },
        { new TrainingSettings { AdamBeta1 = 1 }, "adam_beta1" },
        { new TrainingSettings { AdamBeta2 = 1 }, "adam_beta2" },
        { new TrainingSettings { SaveTotalLimit = 0 }, "save_total_limit" },
        { new TrainingSettings { EarlyStoppingPatience = 2, EvalSteps = 0 }, "early_stopping_patience" },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void Validate_OneWrongValue_NamesItsKey(TrainingSettings settings, string key) =>
        Should.Throw<InvalidInputException>(settings.Validate).Message.ShouldContain(key);
}
