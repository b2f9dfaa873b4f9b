using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Peft;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Targets;

namespace TuneSharp.Benchmarks.Engine;

/// <summary>The measured shape and its data, the same for every variant.</summary>
internal static class BenchmarkModel
{
    public const int Rank = 8;
    public const double Scale = 2, LearningRate = 1e-3;

    /// <summary>SmolLM2-135M's sizes.</summary>
    private const string Config = """
        { "model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 576, "intermediate_size": 1536, "num_hidden_layers": 30,
          "num_attention_heads": 9, "num_key_value_heads": 3, "vocab_size": 49152, "max_position_embeddings": 8192, "rope_theta": 100000,
          "rms_norm_eps": 1e-5, "tie_word_embeddings": true }
        """;

    public static ICausalLm Create() => ModelCatalog.CreateRandom(HfConfig.Parse(Config, "benchmark"), 1);

    /// <summary>LoRA as this program makes it; the plain variant starts from the same numbers.</summary>
    public static LoraMethod Adapt(ICausalLm model, string targets)
    {
        var config = new LoraConfig { Rank = Rank, Alpha = Scale * Rank, TargetModules = targets == TargetModules.AllLinear ? TargetModules.Matching(targets) : TargetModules.List("q_proj", "v_proj") };
        LoraMethod lora = LoraMethod.Create(config, model.Tunable, seed: 3);
        foreach (Parameter parameter in lora.Trained) parameter.Trained = true;
        return lora;
    }

    public static int[][] Rows(int tokens, int rows)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, tokens / rows).Select(_ => random.Next(49152)).ToArray())];
    }
}
