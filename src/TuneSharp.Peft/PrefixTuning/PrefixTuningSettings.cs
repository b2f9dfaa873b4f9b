using TuneSharp.Formats;
using TuneSharp.Formats.Settings;
using TuneSharp.Peft.Prompts;
using TuneSharp.Peft.Settings;

namespace TuneSharp.Peft.PrefixTuning;

/// <summary>The settings of prefix tuning.</summary>
public sealed record PrefixTuningSettings : IMethodOptions
{
    [Setting("Prefix tuning: how many trained tokens every layer sees before every row.", "前缀微调：每层在每行之前看到多少个可训练的虚拟词元。", Unit = "tokens", Advice = "8 … 200", Minimum = 1, Maximum = PromptSizes.Limit, Aliases = ["pre_seq_len", "prefix_length"], Example = "20")]
    public int NumVirtualTokens { get; init; } = 20;

    [Setting("Prefix tuning: learn the prefix through a small network (prefix tuning as published) instead of directly (P-tuning v2).", "前缀微调：通过小型网络学习前缀（原版前缀微调），而不是直接学习（P-tuning v2）。", Example = "false")]
    public bool PrefixProjection { get; init; }

    [Setting("Prefix tuning: width of that network. Nothing = the width of a layer's keys.", "前缀微调：该网络的宽度；不填为一层键的宽度。", Minimum = 1, Maximum = 1 << 16, Aliases = ["prefix_hidden_size"], Example = "512")]
    public int? EncoderHiddenSize { get; init; }

    [Setting("Prefix tuning: zero = keys and values begin at 0, nothing = at random.", "前缀微调：zero 表示键和值从 0 开始，不填为随机。", Advice = "zero", Example = "zero")]
    public string? InitWeights { get; init; }

    public void Validate()
    {
        if (InitWeights is not (null or "zero")) throw new InvalidInputException($"`init_weights` is {InitWeights}; it can be zero or nothing.", null, "Remove it to begin at random.");
        if (EncoderHiddenSize is not null && !PrefixProjection) throw new InvalidInputException("`encoder_hidden_size` is the width of the projection, but `prefix_projection` is false.", null, "Set prefix_projection: true, or remove encoder_hidden_size.");
    }
}
