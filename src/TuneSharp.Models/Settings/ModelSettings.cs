using TuneSharp.Formats;
using TuneSharp.Formats.Settings;

namespace TuneSharp.Models.Settings;

/// <summary>Which model, and in which types it is stored and computed.</summary>
public sealed record ModelSettings
{
    private static readonly string[] StorageTypes = ["auto", "float32", "bfloat16", "float16"], ComputeTypes = ["auto", "float32", "bfloat16"];

    [Setting("Folder of the base model in Hugging Face layout (config.json, *.safetensors, tokenizer.json or tokenizer.model), a GGUF file, or the name of one in the model store.",
        "基础模型的文件夹（Hugging Face 目录结构：config.json、*.safetensors、tokenizer.json 或 tokenizer.model）、GGUF 文件，或模型库中的名称。", Aliases = ["model", "model_path"], Example = "models/tiny-base")]
    public string? ModelNameOrPath { get; init; }

    [Setting("How weights are kept in memory. auto: float32 if that takes at most a quarter of the machine's memory, else as stored in the file. 16-bit weights take half the memory, compute the same numbers and cost about 4 % of the speed in training.",
        "权重在内存中的存储类型。auto：若 float32 不超过内存的四分之一则用 float32，否则与文件一致。16 位权重占用一半内存，数值相同，训练速度约慢 4%。", Advice = "auto", Aliases = ["torch_dtype", "dtype"], Example = "bfloat16")]
    public string WeightsDtype { get; init; } = "auto";

    [Setting("Type of the arithmetic. auto: bfloat16 if the weights are stored so and the processor has the instructions, else float32.",
        "计算类型。auto：若权重为 bfloat16 且处理器支持相应指令则用 bfloat16，否则 float32。", Advice = "auto", Example = "float32")]
    public string ComputeDtype { get; init; } = "auto";

    /// <exception cref="InvalidInputException">A value that is not one of the choices.</exception>
    public void Validate()
    {
        OneOf("weights_dtype", WeightsDtype, StorageTypes);
        OneOf("compute_dtype", ComputeDtype, ComputeTypes);
    }

    private static void OneOf(string key, string value, string[] choices)
    {
        if (choices.Contains(value, StringComparer.Ordinal)) return;
        throw new InvalidInputException($"\"{value}\" is not a value of {key}. It must be one of {string.Join(", ", choices)}.", key, $"Write for instance {key}: auto.");
    }
}
