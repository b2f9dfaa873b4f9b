using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;
using TuneSharp.Nn.Runtime;
using TuneSharp.Tokenizers;
using TuneSharp.Tokenizers.Training;

namespace TuneSharp.Inference.Tests.Generation;

/// <summary>A random model of two layers and a tokenizer that belongs to it.</summary>
internal static class TinyModel
{
    public const int Context = 64;

    public static Tokenizer Tokenizer { get; } = ByteLevelBpeTrainer.Train(
        ["the red kite flies over the hill and the wind sings", "小明把红色的风筝放在山坡上，风在唱歌。"],
        new BpeTrainerOptions { VocabularySize = 300, MinFrequency = 1, SpecialTokens = ["<end>"], EosToken = "<end>" });

    public static ICausalLm Create(int keyValueHeads = 2)
    {
        // A second thread only waits for matrices this small, and for long where the machine is shared.
        TorchRuntime.EnsureLoaded();
        TorchSharp.torch.set_num_threads(1);
        return ModelCatalog.CreateRandom(HfConfig.Parse($$"""
            {"model_type": "llama", "vocab_size": {{Tokenizer.VocabularySize}}, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4,
             "num_key_value_heads": {{keyValueHeads}}, "max_position_embeddings": {{Context}}, "rms_norm_eps": 1e-5, "tie_word_embeddings": true, "initializer_range": 0.3}
            """, "tiny"), seed: 11);
    }
}
