using TuneSharp.Formats.ModelConfigs;

namespace TuneSharp.Models.Llama;

/// <summary>Llama 1 to 3, SmolLM2, Yi, DeepSeek-LLM, TinyLlama: biases only where config.json asks for them.</summary>
internal static class LlamaFamily
{
    public const string ModelType = "llama";

    public static LlamaConfig Read(HfConfig config)
    {
        bool attention = config.GetBool("attention_bias", false);
        return LlamaConfig.Read(config) with { QueryKeyValueBias = attention, OutputBias = attention, MlpBias = config.GetBool("mlp_bias", false) };
    }
}
