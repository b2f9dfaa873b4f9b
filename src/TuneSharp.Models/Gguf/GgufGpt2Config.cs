using System.Text.Json.Nodes;
using TuneSharp.Formats.Gguf;

namespace TuneSharp.Models.Gguf;

/// <summary>The config.json that the metadata of a GPT-2 stand for.</summary>
internal static class GgufGpt2Config
{
    public static void Fill(JsonObject json, GgufFile file)
    {
        var keys = new GgufKeys(file, "gpt2");
        json["architectures"] = new JsonArray("GPT2LMHeadModel");
        json["n_embd"] = keys.Int("embedding_length");
        json["n_layer"] = keys.Int("block_count");
        json["n_head"] = keys.Int("attention.head_count");
        json["n_inner"] = keys.Int("feed_forward_length");
        json["n_positions"] = keys.Int("context_length");
        json["layer_norm_epsilon"] = keys.Decimal("attention.layer_norm_epsilon", "a small number");
        json["activation_function"] = "gelu_new";
        json["vocab_size"] = keys.Vocabulary();
        json["tie_word_embeddings"] = !file.Tensors.ContainsKey("output.weight");
        keys.AddTokenIds(json);
    }
}
