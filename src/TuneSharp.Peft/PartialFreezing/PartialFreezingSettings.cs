using TuneSharp.Formats;
using TuneSharp.Formats.Settings;
using TuneSharp.Peft.Settings;

namespace TuneSharp.Peft.PartialFreezing;

/// <summary>The settings of partial freezing: which part of the model stays trained. By layers, or by patterns of names.</summary>
public sealed record PartialFreezingSettings : IMethodOptions
{
    public const string All = "all";

    [Setting("Freeze: how many layers are trained: the last n, or with a minus sign the first n. Nothing = 2, unless names are given.", "冻结：训练多少层：最后 n 层，负数为前 n 层；不填为 2（除非给出了名称）。", Unit = "layers", Minimum = -10000, Maximum = 10000, Aliases = ["num_layer_trainable", "num_trainable_layers"], Example = "2")]
    public int? FreezeTrainableLayers { get; init; }

    [Setting("Freeze: which modules of these layers are trained; all = all of them.", "冻结：训练这些层中的哪些模块；all 为全部。", Aliases = ["name_module_trainable"], Example = "[self_attn, mlp]")]
    public IReadOnlyList<string> FreezeTrainableModules { get; init; } = [All];

    [Setting("Freeze: which modules outside the layers are trained too.", "冻结：同时训练层之外的哪些模块。", Example = "[norm, lm_head]")]
    public IReadOnlyList<string> FreezeExtraModules { get; init; } = [];

    [Setting("Freeze: instead of layers, train the parameters whose names begin with one of these regular expressions.", "冻结：不按层，而是训练名称以这些正则表达式之一开头的参数。", Example = "[\"model\\\\.layers\\\\.[23]\\\\.\"]")]
    public IReadOnlyList<string> UnfrozenParameters { get; init; } = [];

    [Setting("Freeze: instead of layers, train everything but the parameters whose names begin with one of these regular expressions.", "冻结：不按层，而是训练除名称以这些正则表达式之一开头的参数以外的全部参数。", Aliases = ["freeze_layers"], Example = "[\"model\\\\.embed_tokens\"]")]
    public IReadOnlyList<string> FrozenParameters { get; init; } = [];

    public void Validate()
    {
        bool byLayer = FreezeTrainableLayers is not null || FreezeExtraModules.Count > 0 || !FreezeTrainableModules.SequenceEqual([All]);
        if ((byLayer ? 1 : 0) + (UnfrozenParameters.Count > 0 ? 1 : 0) + (FrozenParameters.Count > 0 ? 1 : 0) > 1)
            throw new InvalidInputException("What is frozen is given in more than one way: freeze_trainable_layers and its like, unfrozen_parameters, frozen_parameters.", null, "Keep one of them.");
        if (FreezeTrainableLayers == 0 && FreezeExtraModules.Count == 0) throw new InvalidInputException("`freeze_trainable_layers` is 0 and there are no freeze_extra_modules: nothing would be trained.", null, "2 is usual.");
        if (FreezeTrainableModules.Count == 0) throw new InvalidInputException("`freeze_trainable_modules` is empty.", null, "Give all, or names such as self_attn.");
    }
}
