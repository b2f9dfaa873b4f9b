using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Formats.Settings;
using TuneSharp.Peft.Settings;

namespace TuneSharp.Peft.Lora;

/// <summary>The settings of LoRA. Keys and meaning are PEFT's.</summary>
public sealed record LoraSettings : IMethodOptions
{
    [Setting("LoRA: rank, the width of the adapter. More learns more, costs more memory and time.", "LoRA 的秩，即适配器的宽度。越大可学内容越多，占用也越多。", Advice = "4 … 64", Minimum = 1, Maximum = 4096, Aliases = ["lora_rank", "lora_r", "rank"], Example = "16")]
    public int R { get; init; } = 16;

    [Setting("LoRA: strength; the adapter is multiplied by lora_alpha / r. Nothing = 2 · r.", "LoRA 的强度，适配器乘以 lora_alpha / r；不填为 2 · r。", Minimum = 0, Aliases = ["alpha"], Example = "32")]
    public double? LoraAlpha { get; init; }

    [Setting("LoRA: share of the adapter's inputs that is set to 0 while training.", "LoRA：训练时适配器输入被置零的比例。", Minimum = 0, Maximum = 1, Example = "0.05")]
    public double LoraDropout { get; init; }

    [Setting("LoRA: which modules get an adapter: names, one regular expression, or all-linear (all linear ones but the output head). The token embedding and the output head can be named too. Nothing: queries and values, whatever the model calls them.", "LoRA：哪些模块带适配器：名称列表、一个正则表达式，或 all-linear（除输出层外的全部线性层）。也可写出词嵌入层和输出层的名称。不填：查询和值，按模型自己的名称。", Aliases = ["lora_target", "lora_target_modules"], Example = "[q_proj, v_proj]")]
    public IReadOnlyList<string> TargetModules { get; init; } = [];

    [Setting("LoRA: modules that get no adapter although target_modules fits them: names or one regular expression.", "LoRA：虽符合 target_modules 但不带适配器的模块：名称列表或一个正则表达式。", Example = "[up_proj]")]
    public IReadOnlyList<string>? ExcludeModules { get; init; }

    [Setting("LoRA: only these layers get adapters, counted from 0: a number or a list. Needs a list in target_modules.", "LoRA：只有这些层带适配器，从 0 数起：一个数或列表。target_modules 须为列表。", Example = "[0, 1]")]
    public JsonNode? LayersToTransform { get; init; }

    [Setting("LoRA: what stands before the layer's number in module names, where the first number is not it.", "LoRA：模块名中层号之前的名称，用于第一个数字不是层号的模型。", Example = "layers")]
    public IReadOnlyList<string>? LayersPattern { get; init; }

    [Setting("LoRA: other ranks for some modules: a group of name or pattern and rank; the first that fits wins.", "LoRA：个别模块使用不同的秩：名称或正则表达式到秩的映射，先匹配者优先。", Aliases = ["lora_rank_pattern"], Example = "{q_proj: 4}")]
    public JsonObject? RankPattern { get; init; }

    [Setting("LoRA: other alphas for some modules: a group of name or pattern and alpha; the first that fits wins.", "LoRA：个别模块使用不同的 alpha：名称或正则表达式到 alpha 的映射，先匹配者优先。", Aliases = ["lora_alpha_pattern"], Example = "{q_proj: 16}")]
    public JsonObject? AlphaPattern { get; init; }

    [Setting("LoRA: which biases of the model are trained too.", "LoRA：同时训练模型的哪些偏置。", Advice = "none, all, lora_only", Example = "none")]
    public string Bias { get; init; } = "none";

    [Setting("LoRA: the adapter has a bias of its own.", "LoRA：适配器自带偏置。", Example = "false")]
    public bool LoraBias { get; init; }

    [Setting("LoRA: divide by sqrt(r) instead of r (rank-stabilised), which lets high ranks learn.", "LoRA：除以 sqrt(r) 而不是 r（rsLoRA），使高秩也能学习。", Example = "false")]
    public bool UseRslora { get; init; }

    [Setting("LoRA: learn direction and length of each weight row apart (DoRA): often better at low ranks, slower.", "LoRA：分别学习权重各行的方向与长度（DoRA）：低秩时往往更好，但更慢。", Example = "false")]
    public bool UseDora { get; init; }

    [Setting("LoRA: modules that are trained as a whole and stored with the adapter, as the embedding after new tokens.", "LoRA：整体训练并随适配器保存的模块，例如添加新词元后的嵌入层。", Aliases = ["lora_modules_to_save", "additional_target"], Example = "[embed_tokens, lm_head]")]
    public IReadOnlyList<string>? ModulesToSave { get; init; }

    [Setting("LoRA: where output head and token embedding are one matrix, what is trained of one stays that of the other.", "LoRA：输出层与词嵌入共用一个矩阵时，训练其一即同时作用于另一个。", Example = "false")]
    public bool EnsureWeightTying { get; init; }

    [Setting("LoRA: ids of tokens whose embedding rows are trained, as for new special tokens: little memory.", "LoRA：需要训练嵌入行的词元 id，例如新增的特殊词元；占用很少。", Example = "[151646, 151647]")]
    public JsonNode? TrainableTokenIndices { get; init; }

    [Setting("LoRA: how the adapter starts. pissa, pissa_niter_N and olora take the strongest part out of the base and train it.", "LoRA：适配器的初始值。pissa、pissa_niter_N、olora 取出基座中最强的部分加以训练。", Advice = "true, false, gaussian, orthogonal, pissa, pissa_niter_16, olora", Example = "true")]
    public string InitLoraWeights { get; init; } = "true";

    [Setting("LoRA: weights are stored as [in, out], as GPT-2's. The model says it itself; another value is refused.", "LoRA：权重按 [输入, 输出] 存放，如 GPT-2。模型自身已说明；与之不符则报错。", Example = "false")]
    public bool? FanInFanOut { get; init; }

    /// <summary>The same with targets: those that are set, or the usual ones of a model with these linear modules.</summary>
    internal LoraSettings For(IReadOnlyCollection<string> linears) => TargetModules.Count > 0 ? this : this with { TargetModules = UsualTargets.Of(linears) };

    public void Validate()
    {
        if (LoraAlpha is <= 0) throw Refuse("lora_alpha", LoraAlpha.Value, "must be above 0", "2 · r is usual.");
        if (LoraDropout >= 1) throw Refuse("lora_dropout", LoraDropout, "must be below 1", "0 to 0.1 is usual.");
        if (Bias is not ("none" or "all" or "lora_only"))
            throw new InvalidInputException($"`bias` is {Bias}; it can be none, all or lora_only.", null, "Choose one of them.");
        _ = LoraConfig.FromSettings(this, null);
    }

    private static InvalidInputException Refuse(string key, double value, string why, string nextStep) => new($"`{key}` is {value} and {why}.", null, nextStep);
}
