using TuneSharp.Formats;
using TuneSharp.Formats.Settings;
using TuneSharp.Peft.Settings;

namespace TuneSharp.Peft.Lora;

/// <summary>The settings of LoRA.</summary>
public sealed record LoraSettings : IMethodOptions
{
    [Setting("LoRA: rank, the width of the adapter. More learns more, costs more memory and time.", "LoRA 的秩，即适配器的宽度。越大可学内容越多，占用也越多。", Advice = "4 … 64", Minimum = 1, Maximum = 4096, Aliases = ["lora_rank", "lora_r", "rank"], Example = "16")]
    public int R { get; init; } = 16;

    [Setting("LoRA: strength; the adapter is multiplied by lora_alpha / r. Nothing = 2 · r.", "LoRA 的强度，适配器乘以 lora_alpha / r；不填为 2 · r。", Minimum = 0, Aliases = ["alpha"], Example = "32")]
    public double? LoraAlpha { get; init; }

    [Setting("LoRA: share of the adapter's inputs that is set to 0 while training.", "LoRA：训练时适配器输入被置零的比例。", Minimum = 0, Maximum = 1, Example = "0.05")]
    public double LoraDropout { get; init; }

    [Setting("LoRA: which linear modules get an adapter: names, one regular expression, or all-linear (all but the output head).", "LoRA：哪些线性层带适配器：名称列表、一个正则表达式，或 all-linear（除输出层外全部）。", Aliases = ["lora_target", "lora_target_modules"], Example = "[q_proj, v_proj]")]
    public IReadOnlyList<string> TargetModules { get; init; } = ["q_proj", "v_proj"];

    [Setting("LoRA: which biases of the model are trained too.", "LoRA：同时训练模型的哪些偏置。", Advice = "none, all, lora_only", Example = "none")]
    public string Bias { get; init; } = "none";

    [Setting("LoRA: divide by sqrt(r) instead of r (rank-stabilised), which lets high ranks learn.", "LoRA：除以 sqrt(r) 而不是 r（rsLoRA），使高秩也能学习。", Example = "false")]
    public bool UseRslora { get; init; }

    public void Validate()
    {
        if (LoraAlpha is <= 0) throw Refuse("lora_alpha", LoraAlpha.Value, "must be above 0", "2 · r is usual.");
        if (LoraDropout >= 1) throw Refuse("lora_dropout", LoraDropout, "must be below 1", "0 to 0.1 is usual.");
        if (Bias is not ("none" or "all" or "lora_only"))
            throw new InvalidInputException($"`bias` is {Bias}; it can be none, all or lora_only.", null, "Choose one of them.");
        _ = Targets.TargetModules.FromSetting(TargetModules);
    }

    private static InvalidInputException Refuse(string key, double value, string why, string nextStep) => new($"`{key}` is {value} and {why}.", null, nextStep);
}
