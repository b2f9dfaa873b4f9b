using System.Collections.Frozen;

namespace TuneSharp.Models.Gguf;

/// <summary>Names of the tensors of llama-like families: as checkpoints in Hugging Face layout and as GGUF files call them.</summary>
internal static class GgufNames
{
    private const string HfLayers = "model.layers.", GgufBlocks = "blk.";

    private static readonly FrozenDictionary<string, string> Outer = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["token_embd.weight"] = "model.embed_tokens.weight",
        ["output.weight"] = "lm_head.weight",
        ["output_norm.weight"] = "model.norm.weight",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> Inner = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["attn_norm"] = "input_layernorm",
        ["attn_q"] = "self_attn.q_proj",
        ["attn_k"] = "self_attn.k_proj",
        ["attn_v"] = "self_attn.v_proj",
        ["attn_output"] = "self_attn.o_proj",
        ["ffn_norm"] = "post_attention_layernorm",
        ["ffn_gate"] = "mlp.gate_proj",
        ["ffn_up"] = "mlp.up_proj",
        ["ffn_down"] = "mlp.down_proj",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The name that a model of this program asks for; null for a tensor that these families do not have.</summary>
    public static string? ToHf(string gguf)
    {
        if (Outer.TryGetValue(gguf, out string? outer)) return outer;
        if (!gguf.StartsWith(GgufBlocks, StringComparison.Ordinal)) return null;
        string[] parts = gguf.Split('.'); // blk, layer, module, weight or bias
        return parts.Length == 4 && parts[3] is "weight" or "bias" && Inner.TryGetValue(parts[2], out string? module) && int.TryParse(parts[1], out int layer) && layer >= 0 && parts[1] == $"{layer}"
            ? $"{HfLayers}{layer}.{module}.{parts[3]}"
            : null;
    }
}
