using System.Collections.Frozen;

namespace TuneSharp.Models.Gguf;

/// <summary>Names of a family's tensors: as checkpoints in Hugging Face layout and as GGUF files call them.</summary>
internal sealed class GgufNames
{
    private const string GgufBlocks = "blk.";

    private static readonly GgufNames s_llama = new("model.layers.",
        [("token_embd.weight", "model.embed_tokens.weight"), ("output.weight", "lm_head.weight"), ("output_norm.weight", "model.norm.weight")],
        [
            ("attn_norm", "input_layernorm"), ("attn_q", "self_attn.q_proj"), ("attn_k", "self_attn.k_proj"), ("attn_v", "self_attn.v_proj"), ("attn_output", "self_attn.o_proj"),
            ("ffn_norm", "post_attention_layernorm"), ("ffn_gate", "mlp.gate_proj"), ("ffn_up", "mlp.up_proj"), ("ffn_down", "mlp.down_proj"),
        ]);

    private static readonly GgufNames s_gpt2 = new("transformer.h.",
        [
            ("token_embd.weight", "transformer.wte.weight"), ("position_embd.weight", "transformer.wpe.weight"), ("output.weight", "lm_head.weight"),
            ("output_norm.weight", "transformer.ln_f.weight"), ("output_norm.bias", "transformer.ln_f.bias"),
        ],
        [("attn_norm", "ln_1"), ("attn_qkv", "attn.c_attn"), ("attn_output", "attn.c_proj"), ("ffn_norm", "ln_2"), ("ffn_up", "mlp.c_fc"), ("ffn_down", "mlp.c_proj")])
    {
        Transposes = true,
    };

    private readonly string _layers;
    private readonly FrozenDictionary<string, string> _outer, _inner;

    private GgufNames(string layers, (string Gguf, string Hf)[] outer, (string Gguf, string Hf)[] inner)
    {
        _layers = layers;
        _outer = outer.ToFrozenDictionary(pair => pair.Gguf, pair => pair.Hf, StringComparer.Ordinal);
        _inner = inner.ToFrozenDictionary(pair => pair.Gguf, pair => pair.Hf, StringComparer.Ordinal);
    }

    /// <summary>Matrices of the blocks are stored as [In, Out] in Hugging Face layout, and as [Out, In] in GGUF files.</summary>
    private bool Transposes { get; init; }

    public static GgufNames Of(string modelType) => modelType == "gpt2" ? s_gpt2 : s_llama;

    /// <summary>The name that a model of this program asks for; null for a tensor that the family does not have.</summary>
    public string? ToHf(string gguf)
    {
        if (_outer.TryGetValue(gguf, out string? outer)) return outer;
        if (!gguf.StartsWith(GgufBlocks, StringComparison.Ordinal)) return null;
        string[] parts = gguf.Split('.'); // blk, layer, module, weight or bias
        return parts.Length == 4 && parts[3] is "weight" or "bias" && _inner.TryGetValue(parts[2], out string? module) && int.TryParse(parts[1], out int layer) && layer >= 0 && parts[1] == $"{layer}"
            ? $"{_layers}{layer}.{module}.{parts[3]}"
            : null;
    }

    /// <summary>Whether a tensor of two dimensions has them in the other order in GGUF files.</summary>
    /// <param name="hf">Its name in Hugging Face layout.</param>
    public bool IsTransposed(string hf) => Transposes && hf.StartsWith(_layers, StringComparison.Ordinal);
}
