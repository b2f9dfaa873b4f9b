using System.Text.Json.Nodes;
using TuneSharp.Formats.Gguf;
using TuneSharp.Formats.ModelConfigs;

namespace TuneSharp.Models.Gguf;

/// <summary>The config.json that a GGUF file's metadata and tensors stand for.</summary>
internal static class GgufConfig
{
    /// <summary>Factors by which a llama's rotary frequencies are divided (Llama 3.1), one for each pair of dimensions.</summary>
    public const string RopeFactors = "rope_freqs.weight";

    /// <exception cref="Formats.InvalidInputException">A key is missing or holds what no model can have.</exception>
    public static HfConfig Read(GgufFile file)
    {
        GgufMetadata metadata = file.Metadata;
        string architecture = metadata.GetText("general.architecture") ?? throw metadata.Missing("general.architecture", "the name of a model family");
        if (metadata.Has("general.type") && metadata.GetText("general.type") is { } type and not "model")
            throw metadata.Wrong("general.type", "Only whole models can be used.", type == "adapter" ? "Give the file of the base model." : "Give the file of a language model.");
        if (metadata.GetIntOrNull("split.count", 0, int.MaxValue) is > 1)
            throw metadata.Wrong("split.count", "The model is spread over several files, which are not read.", "Join them first: `llama-gguf-split --merge FIRST.gguf ONE.gguf`.");
        var json = new JsonObject { ["model_type"] = architecture };
        if (architecture == "gpt2") GgufGpt2Config.Fill(json, file);
        if (architecture is "llama" or "qwen2") Fill(json, file, architecture);
        return HfConfig.Parse(json.ToJsonString(), file.Path);
    }

    /// <summary>Llama and relatives with rotary embedding.</summary>
    private static void Fill(JsonObject json, GgufFile file, string architecture)
    {
        GgufMetadata metadata = file.Metadata;
        var keys = new GgufKeys(file, architecture);
        string prefix = keys.Prefix;
        if (metadata.GetIntOrNull(prefix + "expert_count", 0, int.MaxValue) is > 0)
            throw metadata.Wrong(prefix + "expert_count", "Models with a mixture of experts cannot be used.", "Use a dense model.");
        int hidden = keys.Int("embedding_length"), heads = keys.Int("attention.head_count");
        json["architectures"] = new JsonArray(architecture == "llama" ? "LlamaForCausalLM" : "Qwen2ForCausalLM");
        json["hidden_size"] = hidden;
        json["intermediate_size"] = keys.Int("feed_forward_length");
        json["num_hidden_layers"] = keys.Int("block_count");
        json["num_attention_heads"] = heads;
        json["num_key_value_heads"] = keys.IntOrNull("attention.head_count_kv") ?? heads;
        int headDim = keys.IntOrNull("attention.key_length") ?? Math.Max(1, hidden / heads);
        json["head_dim"] = headDim;
        if (keys.IntOrNull("attention.value_length") is { } valueLength && valueLength != headDim)
            throw metadata.Wrong(prefix + "attention.value_length", $"It must be the key length, {headDim}.", "Use another model.");
        json["hidden_act"] = "silu";
        json["max_position_embeddings"] = keys.Int("context_length", 1 << 30);
        json["rms_norm_eps"] = keys.Decimal("attention.layer_norm_rms_epsilon", "a small number");
        json["vocab_size"] = keys.Vocabulary();
        json["tie_word_embeddings"] = !file.Tensors.ContainsKey("output.weight");
        json["rope_theta"] = keys.DecimalOrNull("rope.freq_base") ?? 10_000;
        if (Rope(file, prefix, headDim, json["rope_theta"]!.GetValue<double>(), json["max_position_embeddings"]!.GetValue<int>()) is { } scaling) json["rope_scaling"] = scaling;
        if (keys.IntOrNull("rope.dimension_count") is { } rotated && rotated != headDim) json["partial_rotary_factor"] = (double)rotated / headDim;
        if (architecture == "llama")
        {
            json["attention_bias"] = file.Tensors.ContainsKey("blk.0.attn_q.bias");
            json["mlp_bias"] = file.Tensors.ContainsKey("blk.0.ffn_gate.bias");
        }
        keys.AddTokenIds(json);
    }

    private static JsonObject? Rope(GgufFile file, string prefix, int headDim, double theta, int context)
    {
        GgufMetadata metadata = file.Metadata;
        if (file.Tensors.TryGetValue(RopeFactors, out GgufTensor? tensor))
        {
            if (tensor.NumElements != headDim / 2)
                throw new Formats.InvalidInputException($"The tensor {RopeFactors} has {tensor.NumElements} numbers; there must be {headDim / 2}, one for each pair of a head's dimensions.", file.Path, "Get the file again.");
            return RopeFactorRule.Explain(file.ReadFloat32(tensor), theta, headDim, context);
        }
        string type = metadata.GetText(prefix + "rope.scaling.type") ?? "none";
        if (type == "none") return null;
        string key = prefix + "rope.scaling.factor";
        double factor = metadata.GetNumberOrNull(key) is { } number and > 0 ? GgufKeys.Shortest(number) : throw (metadata.Has(key) ? metadata.Wrong(key, "It must be above 0.") : metadata.Missing(key, "a number above 0"));
        if (type == "linear") return new JsonObject { ["rope_type"] = "linear", ["factor"] = factor };
        if (type != "yarn") throw metadata.Wrong(prefix + "rope.scaling.type", "The kinds that can be computed are none, linear and yarn.", "Use another model.");
        return new JsonObject
        {
            ["rope_type"] = "yarn",
            ["factor"] = factor,
            ["original_max_position_embeddings"] = metadata.GetInt(prefix + "rope.scaling.original_context_length", 1, 1 << 30),
        };
    }
}
