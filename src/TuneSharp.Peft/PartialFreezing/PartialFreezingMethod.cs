using TuneSharp.Nn;
using TuneSharp.Peft.InModel;
using TuneSharp.Peft.Replaced;

namespace TuneSharp.Peft.PartialFreezing;

/// <summary>A part of the model's own parameters is trained: the last layers, or what patterns of names choose, and a classifier's head.</summary>
internal sealed class PartialFreezingMethod(PartialFreezingSettings settings, TunableModel model) : InModelTuning("freeze", model, TrainedOf(settings, model))
{
    public static TuningMethodEntry Entry { get; } = new()
    {
        Name = "freeze",
        Aliases = ["partial_freezing", "partial"],
        Description = "A part of the model's parameters: the last layers, or by name.",
        Chinese = "模型的一部分参数：最后几层，或按名称选择。",
        When = "Between LoRA and full tuning: real weights learn, but backward ends early and optimizer memory is small.",
        WhenChinese = "介于 LoRA 与全参数之间：真实权重参与学习，但反向传播较短、优化器内存较小。",
        NewOptions = () => new PartialFreezingSettings(),
        Create = request => new PartialFreezingMethod((PartialFreezingSettings)request.Options, request.Model),
        Footprint = (options, sizes) => FootprintOf((PartialFreezingSettings)options, sizes),
    };

    private static Parameter[] TrainedOf(PartialFreezingSettings settings, TunableModel model)
    {
        HashSet<string> trained = [.. TrainedPart.Of(settings, [.. model.Parameters.Select(parameter => parameter.Name)])];
        return [.. model.Parameters.Where(parameter => trained.Contains(parameter.Name) || ModulesToSave.IsHead(parameter, model))];
    }

    /// <summary>Linears only: what else a model has is not known from its sizes, and small, so patterns for it are tried on the model alone.</summary>
    private static MethodFootprint FootprintOf(PartialFreezingSettings settings, ModelSizes sizes)
    {
        if (settings.UnfrozenParameters.Count > 0 || settings.FrozenParameters.Count > 0) return Of(sizes.Linears);
        if (settings.FreezeTrainableLayers == 0) return Of([]);
        string[] names = [.. sizes.Linears.Select(linear => linear.Name + ".weight")];
        string[] modules = [.. settings.FreezeTrainableModules.Where(name => name == PartialFreezingSettings.All || sizes.Linears.Any(linear => $".{linear.Name}.".Contains($".{name}.", StringComparison.Ordinal)))];
        if (modules.Length == 0) return Of([]);
        HashSet<string> trained = [.. TrainedPart.Of(settings with { FreezeExtraModules = [], FreezeTrainableModules = modules }, names)];
        return Of([.. sizes.Linears.Where(linear => trained.Contains(linear.Name + ".weight"))]);
    }

    private static MethodFootprint Of(IReadOnlyList<LinearSize> linears) => new([.. linears.Select(linear => (long[])[linear.Out, linear.In])])
    {
        KeptPerToken = linears.ToDictionary(linear => linear.Name, _ => 0),
    };
}
