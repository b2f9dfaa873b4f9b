using TuneSharp.Formats;
using TuneSharp.Formats.Settings;

namespace TuneSharp.Application.Pretraining;

/// <summary>What pre-training needs beside data and training settings: the shape of the model, and a tokenizer.</summary>
public sealed record PretrainSettings
{
    private static readonly string[] Dtypes = ["float32", "bfloat16", "float16"];

    [Setting("The new model's config.json (llama, qwen2, gpt2 or chatglm), or a folder with one. Its weights begin as random numbers.", "新模型的 config.json（llama、qwen2、gpt2 或 chatglm）或其所在文件夹；权重随机初始化。", Example = "models/tunesharp-mini/config.json")]
    public string? ModelConfig { get; init; }

    [Setting("Folder with the tokenizer.json to use, or small-world to train the one of the embedded model.", "含 tokenizer.json 的文件夹，或 small-world 表示训练内置模型的分词器。", Example = "models/tunesharp-mini")]
    public string? Tokenizer { get; init; }

    [Setting("Type in which the finished model is stored: float32, bfloat16 or float16. Training itself uses float32.", "保存最终模型的数据类型：float32、bfloat16 或 float16；训练本身使用 float32。", Example = "bfloat16")]
    public string WeightsDtype { get; init; } = "float32";

    /// <exception cref="InvalidInputException">Names the key, its value and what to do.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(ModelConfig)) throw new InvalidInputException("No model_config is given.", "model_config", "Give the path of a config.json that describes the new model.");
        if (string.IsNullOrWhiteSpace(Tokenizer)) throw new InvalidInputException("No tokenizer is given.", "tokenizer", "Give a folder with a tokenizer.json, or small-world.");
        if (!Dtypes.Contains(WeightsDtype)) throw new InvalidInputException($"`weights_dtype` is {WeightsDtype}; it can be {string.Join(", ", Dtypes)}.", "weights_dtype", "Choose one of them.");
    }
}
