using TuneSharp.Formats;
using TuneSharp.Formats.Settings;
using TuneSharp.Peft.Settings;

namespace TuneSharp.Peft.Ia3;

/// <summary>The settings of IA3.</summary>
public sealed record Ia3Settings : IMethodOptions
{
    [Setting("IA3: which linear modules are scaled: names, one regular expression, or all-linear. Nothing = keys, values and the second half of the MLP, as published.", "IA3：哪些线性层被缩放：名称列表、一个正则表达式或 all-linear；不填为键、值和 MLP 的后一半（与论文一致）。", Aliases = ["ia3_target"], Example = "[k_proj, v_proj, down_proj]")]
    public IReadOnlyList<string> TargetModules { get; init; } = [];

    [Setting("IA3: which of them are scaled at their input instead of their output. Nothing = the second half of the MLP.", "IA3：其中哪些在输入端而不是输出端缩放；不填为 MLP 的后一半。", Example = "[down_proj]")]
    public IReadOnlyList<string> FeedforwardModules { get; init; } = [];

    public void Validate()
    {
        if (TargetModules.Count > 0) _ = Targets.TargetModules.FromSetting(TargetModules);
        if (FeedforwardModules.Any(string.IsNullOrWhiteSpace)) throw new InvalidInputException("`feedforward_modules` has an empty name.", null, "Name modules as down_proj.");
        // PEFT refuses it too: such a module would not be scaled at all.
        if (TargetModules.Count > 1 && FeedforwardModules.FirstOrDefault(name => !TargetModules.Contains(name)) is { } stray)
            throw new InvalidInputException($"`{stray}` of feedforward_modules is not among target_modules.", null, "Add it there, or leave it out.");
    }
}
