using TuneSharp.Formats;
using TuneSharp.Formats.Settings;

namespace TuneSharp.Models.Settings;

/// <summary>Which model, and in which types it is stored and computed.</summary>
public sealed record ModelSettings
{
    private static readonly string[] StorageTypes = ["auto", "float32", "bfloat16", "float16"], ComputeTypes = ["auto", "float32", "bfloat16"],
        Quantizations = ["none", "nf4", "fp4", "int8", "gguf"];

    [Setting("Folder of the base model in Hugging Face layout (config.json, *.safetensors, tokenizer.json or tokenizer.model), a GGUF file, or the name of one in the model store.",
        "基础模型的文件夹（Hugging Face 目录结构：config.json、*.safetensors、tokenizer.json 或 tokenizer.model）、GGUF 文件，或模型库中的名称。", Aliases = ["model", "model_path"], Example = "models/tiny-base")]
    public string? ModelNameOrPath { get; init; }

    [Setting("How weights are kept in memory. auto: float32 if that takes at most a quarter of the machine's memory, else as stored in the file. 16-bit weights take half the memory, compute the same numbers and cost about 4 % of the speed in training.",
        "权重在内存中的存储类型。auto：若 float32 不超过内存的四分之一则用 float32，否则与文件一致。16 位权重占用一半内存，数值相同，训练速度约慢 4%。", Advice = "auto", Aliases = ["torch_dtype", "dtype"], Example = "bfloat16")]
    public string WeightsDtype { get; init; } = "auto";

    [Setting("Type of the arithmetic. auto: bfloat16 if the weights are stored so and the processor has the instructions, else float32.",
        "计算类型。auto：若权重为 bfloat16 且处理器支持相应指令则用 bfloat16，否则 float32。", Advice = "auto", Aliases = ["bnb_4bit_compute_dtype"], Example = "float32")]
    public string ComputeDtype { get; init; } = "auto";

    [Setting("Packs the frozen weights of the linears while they load, for QLoRA: nf4 or fp4 keep 4 bits a weight, int8 keeps 8, gguf keeps the blocks of a GGUF file as they are. Embeddings, norms and heads stay as they are. none: only what the checkpoint has packed itself stays packed.",
        "加载时压缩线性层的冻结权重（用于 QLoRA）：nf4、fp4 每个权重 4 位，int8 为 8 位，gguf 原样保留 GGUF 文件的块。嵌入层、归一化层和输出头不变。none：只有检查点自身已压缩的权重保持压缩。", Advice = "nf4 if memory is short; none is faster and exact", Example = "nf4")]
    public string Quantization { get; init; } = "none";

    [Setting("Weights that share a scale, for nf4 and fp4: 32, 64, 128, … 4096.",
        "nf4 和 fp4 中共用一个缩放系数的权重数：32、64、128…4096。", Minimum = 32, Maximum = 4096, Aliases = ["bnb_4bit_blocksize"], Example = "64")]
    public int QuantizationBlockSize { get; init; } = 64;

    [Setting("Keeps the scales of nf4 and fp4 in 8 bits: saves 0.4 bits a weight at almost no loss.",
        "将 nf4 和 fp4 的缩放系数也压缩为 8 位：每个权重节省 0.4 位，几乎没有损失。", Aliases = ["bnb_4bit_use_double_quant", "use_bnb_nested_quant"], Example = "true")]
    public bool DoubleQuantization { get; init; } = true;

    /// <exception cref="InvalidInputException">A value that is not one of the choices.</exception>
    public void Validate()
    {
        OneOf("weights_dtype", WeightsDtype, StorageTypes);
        OneOf("compute_dtype", ComputeDtype, ComputeTypes);
        OneOf("quantization", Quantization, Quantizations, "nf4");
        if (QuantizationBlockSize is < 32 or > 4096 || !int.IsPow2(QuantizationBlockSize))
            throw new InvalidInputException($"quantization_block_size is {QuantizationBlockSize}; it must be a power of two from 32 to 4096.", "quantization_block_size", "A usual value is 64.");
    }

    private static void OneOf(string key, string value, string[] choices, string example = "auto")
    {
        if (choices.Contains(value, StringComparer.Ordinal)) return;
        throw new InvalidInputException($"\"{value}\" is not a value of {key}. It must be one of {string.Join(", ", choices)}.", key, $"Write for instance {key}: {example}.");
    }
}
