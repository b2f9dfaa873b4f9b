using TorchSharp;
using TuneSharp.Formats.Gguf;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;
using TuneSharp.Nn;

namespace TuneSharp.Tests.Shared;

/// <summary>Writes a small model as GGUF, as llama.cpp's converter lays it out.</summary>
internal static class GgufModels
{
    private static readonly (string Hf, string Gguf)[] Names =
    [
        ("model.embed_tokens.", "token_embd."), ("lm_head.", "output."), ("model.norm.", "output_norm."), ("model.layers.", "blk."),
        ("input_layernorm.", "attn_norm."), ("post_attention_layernorm.", "ffn_norm."), ("self_attn.o_proj.", "attn_output."), ("self_attn.q_proj.", "attn_q."),
        ("self_attn.k_proj.", "attn_k."), ("self_attn.v_proj.", "attn_v."), ("mlp.gate_proj.", "ffn_gate."), ("mlp.up_proj.", "ffn_up."), ("mlp.down_proj.", "ffn_down."),
    ];

    /// <param name="model">float32.</param>
    /// <param name="quantised">Matrices of the blocks as Q8_0: their rows must be multiples of 32.</param>
    public static GgufBytes Write(ICausalLm model, bool quantised = false)
    {
        GgufBytes bytes = Keys(model.Config);
        foreach (Parameter parameter in model.Parameters)
        {
            string name = Names.Aggregate(parameter.Name, (text, pair) => text.Replace(pair.Hf, pair.Gguf, StringComparison.Ordinal));
            using torch.Tensor plain = parameter.Value.to(torch.ScalarType.Float32).contiguous();
            float[] values = plain.data<float>().ToArray();
            if (model.ModelType == "llama" && (name.Contains("attn_q.", StringComparison.Ordinal) || name.Contains("attn_k.", StringComparison.Ordinal)))
                values = Interleave(values, (int)parameter.Value.shape[0], model.Shape.HeadDim);
            if (quantised && parameter.Shape.Count == 2 && name.StartsWith("blk.", StringComparison.Ordinal)) bytes.Tensor(name, GgmlType.Q8_0, parameter.Value.shape, [.. values.Chunk(32).SelectMany(Q8_0)]);
            else bytes.Floats(name, parameter.Value.shape, values);
        }
        if (model.Config.Rope is { Kind: RopeKind.Llama3 } rope)
        {
            double[] plain = new RotaryScaling.None().Frequencies(model.Shape.HeadDim, rope.Theta, 0);
            double[] scaled = new RotaryScaling.Llama3(rope.Factor, rope.LowFreqFactor, rope.HighFreqFactor, rope.OriginalMaxPositions).Frequencies(model.Shape.HeadDim, rope.Theta, 0);
            bytes.Floats("rope_freqs.weight", [plain.Length], plain.Zip(scaled, (p, s) => (float)(p / s)));
        }
        return bytes;
    }

    /// <summary>The metadata; <paramref name="changed"/> replaces numbers.</summary>
    public static GgufBytes Keys(HfConfig config, params (string Key, uint Value)[] changed)
    {
        string prefix = config.ModelType + ".";
        RopeParameters rope = config.Rope;
        GgufBytes bytes = new GgufBytes().Text("general.architecture", config.ModelType);
        foreach ((string key, int value) in (ReadOnlySpan<(string, int)>)
        [
            ("embedding_length", config.Attention.HiddenSize), ("feed_forward_length", config.GetInt("intermediate_size", 1, 1 << 20)), ("block_count", config.GetInt("num_hidden_layers", 1, 100)),
            ("attention.head_count", config.Attention.NumHeads), ("attention.head_count_kv", config.Attention.NumKeyValueHeads), ("attention.key_length", config.Attention.HeadDim),
            ("context_length", rope.MaxPositions), ("rope.dimension_count", config.Attention.HeadDim),
        ])
            bytes.Number(prefix + key, changed.FirstOrDefault(change => change.Key == key) is { Key: not null } change ? change.Value : (uint)value);
        bytes.Single(prefix + "attention.layer_norm_rms_epsilon", (float)config.GetDouble("rms_norm_eps", 0, 1)).Single(prefix + "rope.freq_base", (float)rope.Theta);
        if (rope.Kind is RopeKind.Linear or RopeKind.Yarn)
            bytes.Text(prefix + "rope.scaling.type", rope.Kind == RopeKind.Yarn ? "yarn" : "linear").Single(prefix + "rope.scaling.factor", (float)rope.Factor);
        if (rope.Kind == RopeKind.Yarn) bytes.Number(prefix + "rope.scaling.original_context_length", (uint)rope.OriginalMaxPositions);
        return bytes;
    }

    /// <summary>A float16 scale and 32 signed bytes.</summary>
    private static IEnumerable<byte> Q8_0(float[] block)
    {
        var scale = (Half)(block.Max(Math.Abs) / 127);
        return [.. BitConverter.GetBytes(scale), .. block.Select(value => unchecked((byte)(sbyte)Math.Clamp(MathF.Round(value / Math.Max((float)scale, 1e-9f)), -127, 127)))];
    }

    /// <summary>Per head: the two halves become pairs, as rows of the file [heads, d/2, 2] from rows [heads, 2, d/2].</summary>
    private static float[] Interleave(float[] values, int rows, int headDim)
    {
        int width = values.Length / rows, half = headDim / 2;
        float[] result = new float[values.Length];
        int to = 0;
        for (int head = 0; head < rows / headDim; head++)
            for (int pair = 0; pair < half; pair++)
                for (int side = 0; side < 2; side++, to++)
                    values.AsSpan(((head * headDim) + (side * half) + pair) * width, width).CopyTo(result.AsSpan(to * width));
        return result;
    }
}
