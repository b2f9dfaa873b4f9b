using TuneSharp.Formats;
using TuneSharp.Formats.Settings;
using TuneSharp.Peft.Settings;

namespace TuneSharp.Peft.Bottleneck;

/// <summary>The settings of bottleneck adapters. What is nothing is as the chosen kind has it.</summary>
public sealed record BottleneckSettings : IMethodOptions
{
    [Setting("Bottleneck: seq_bn (Pfeiffer: after the MLP), double_seq_bn (Houlsby: after attention and MLP) or par_bn (beside the MLP).", "瓶颈适配器：seq_bn（Pfeiffer，在 MLP 之后）、double_seq_bn（Houlsby，在注意力和 MLP 之后）或 par_bn（与 MLP 并行）。", Advice = "seq_bn, double_seq_bn, par_bn", Aliases = ["bottleneck_type"], Example = "seq_bn")]
    public string AdapterConfig { get; init; } = "seq_bn";

    [Setting("Bottleneck: the model's width divided by the adapter's. Nothing = 16, or 2 for par_bn.", "瓶颈适配器：模型宽度与适配器宽度之比；不填为 16，par_bn 为 2。", Minimum = 1, Maximum = 1 << 16, Example = "16")]
    public double? ReductionFactor { get; init; }

    [Setting("Bottleneck: the function between the two layers: relu, gelu, gelu_new, swish or tanh.", "瓶颈适配器：两层之间的激活函数：relu、gelu、gelu_new、swish 或 tanh。", Aliases = ["adapter_act"], Example = "relu")]
    public string? NonLinearity { get; init; }

    [Setting("Bottleneck: what the adapter's output is multiplied by. Nothing = 1, or 4 for par_bn.", "瓶颈适配器：适配器输出的倍数；不填为 1，par_bn 为 4。", Minimum = -1000, Maximum = 1000, Example = "1.0")]
    public double? AdapterScaling { get; init; }

    [Setting("Bottleneck: a layer norm of its own in front of the adapter.", "瓶颈适配器：在适配器前加自己的层归一化。", Example = "false")]
    public bool LnBefore { get; init; }

    [Setting("Bottleneck: a layer norm of its own behind the adapter.", "瓶颈适配器：在适配器后加自己的层归一化。", Example = "false")]
    public bool LnAfter { get; init; }

    public void Validate()
    {
        _ = BottleneckConfig.KindOf(AdapterConfig);
        if (NonLinearity is { } name && BottleneckConfig.ActivationOf(name) is null)
            throw new InvalidInputException($"`non_linearity` is {name}; it can be {string.Join(", ", BottleneckConfig.Activations)}.", null, "Choose one of them.");
    }
}
