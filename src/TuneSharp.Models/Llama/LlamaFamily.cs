using TuneSharp.Formats.ModelConfigs;

namespace TuneSharp.Models.Llama;

/// <summary>Llama 1 to 3, SmolLM2, Yi, DeepSeek-LLM, TinyLlama: biases only where config.json asks for them.</summary>
internal static class LlamaFamily
{
    public static ModelFamily Family { get; } = Of("llama", Read);

    /// <summary>A family with this graph.</summary>
    /// <param name="modelType">model_type of config.json.</param>
    /// <param name="read">What its config.json means.</param>
    public static ModelFamily Of(string modelType, Func<HfConfig, LlamaConfig> read) => new(modelType, config => LlamaModel.SizesOf(read(config)))
    {
        CausalLm = (config, weights, computeType, warnings) => new LlamaModel(read(config), weights, computeType) { Warnings = warnings },
    };

    public static LlamaConfig Read(HfConfig config)
    {
        bool attention = config.GetBool("attention_bias", false);
        return LlamaConfig.Read(config) with { QueryKeyValueBias = attention, OutputBias = attention, MlpBias = config.GetBool("mlp_bias", false) };
    }
}
