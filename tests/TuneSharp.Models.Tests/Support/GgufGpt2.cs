using TorchSharp;
using TuneSharp.Nn;
using TuneSharp.Tests.Shared;

namespace TuneSharp.Models.Tests.Support;

/// <summary>Writes a small GPT-2 as GGUF, as llama.cpp's converter lays it out: matrices of the blocks as [Out, In].</summary>
internal static class GgufGpt2
{
    private static readonly (string Hf, string Gguf)[] Names =
    [
        ("transformer.wte.", "token_embd."), ("transformer.wpe.", "position_embd."), ("transformer.ln_f.", "output_norm."), ("lm_head.", "output."), ("transformer.h.", "blk."),
        ("ln_1.", "attn_norm."), ("ln_2.", "ffn_norm."), ("attn.c_attn.", "attn_qkv."), ("attn.c_proj.", "attn_output."), ("mlp.c_fc.", "ffn_up."), ("mlp.c_proj.", "ffn_down."),
    ];

    public static GgufBytes Write(ICausalLm model)
    {
        ModelShape shape = model.Shape;
        GgufBytes bytes = new GgufBytes().Text("general.architecture", "gpt2")
            .Number("gpt2.embedding_length", (uint)shape.HiddenSize).Number("gpt2.block_count", (uint)shape.NumLayers).Number("gpt2.attention.head_count", (uint)shape.NumHeads)
            .Number("gpt2.context_length", (uint)shape.MaxPositions).Number("gpt2.feed_forward_length", (uint)model.Linears[2].Out)
            .Single("gpt2.attention.layer_norm_epsilon", (float)model.Config.GetDouble("layer_norm_epsilon", 0, 1));
        foreach (Parameter parameter in model.Parameters)
        {
            string name = Names.Aggregate(parameter.Name, (text, pair) => text.Replace(pair.Hf, pair.Gguf, StringComparison.Ordinal));
            bool turned = model.Linears.Any(linear => ReferenceEquals(linear.Weight, parameter));
            using torch.Tensor plain = turned ? parameter.Value.t().contiguous() : parameter.Value.clone();
            bytes.Floats(name, plain.shape, plain.data<float>().ToArray());
        }
        return bytes;
    }
}
