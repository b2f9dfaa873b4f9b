using TuneSharp.Formats;
using TuneSharp.Formats.Settings;
using TuneSharp.Peft.Settings;

namespace TuneSharp.Peft.LayerNormTuning;

/// <summary>The settings of layer-norm tuning.</summary>
public sealed record LayerNormTuningSettings : IMethodOptions
{
    [Setting("Layer-norm tuning: which norms are trained, by name. Nothing = all of them.", "归一化层微调：训练哪些归一化层（按名称）；不填为全部。", Aliases = ["ln_target"], Example = "[input_layernorm, norm]")]
    public IReadOnlyList<string> TargetModules { get; init; } = [];

    public void Validate()
    {
        if (TargetModules.Any(string.IsNullOrWhiteSpace)) throw new InvalidInputException("`target_modules` has an empty name.", null, "Name norms as input_layernorm, or give none for all.");
    }
}
