using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models.Llama;

namespace TuneSharp.Models.Qwen2;

/// <summary>
/// Qwen1.5, Qwen2, Qwen2.5 (arXiv:2407.10671): Llama's graph with biases on q, k and v, and sliding windows in some layers
/// where config.json asks for them.
/// </summary>
internal static class Qwen2Family
{
    public static ModelFamily Family { get; } = LlamaFamily.Of("qwen2", "Qwen2", Read);

    public static LlamaConfig Read(HfConfig config) => LlamaConfig.Read(config) with { QueryKeyValueBias = true };
}
