using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models.Weights;
using TuneSharp.Nn;

namespace TuneSharp.Models.Llama;

/// <summary>
/// One block: h = x + attention(norm(x)), y = h + mlp(norm(h)).
/// </summary>
internal sealed class LlamaBlock
{
    private readonly Parameter _inputNorm, _postAttentionNorm;
    private readonly GroupedQueryAttention _attention;
    private readonly GatedMlp _mlp;
    private readonly double _eps;

    public LlamaBlock(LlamaConfig config, int layer, IWeightSource weights)
    {
        string name = NameOf(layer);
        AttentionShape shape = config.Attention;
        int hidden = shape.HiddenSize, queries = shape.NumHeads * shape.HeadDim, keys = shape.NumKeyValueHeads * shape.HeadDim;
        _eps = config.RmsNormEps;
        _inputNorm = weights.Norm(name + ".input_layernorm.weight", hidden);
        _attention = new GroupedQueryAttention(
            weights.Linear(name + ".self_attn.q_proj", hidden, queries, config.QueryKeyValueBias),
            weights.Linear(name + ".self_attn.k_proj", hidden, keys, config.QueryKeyValueBias),
            weights.Linear(name + ".self_attn.v_proj", hidden, keys, config.QueryKeyValueBias),
            weights.Linear(name + ".self_attn.o_proj", queries, hidden, config.OutputBias),
            new AttentionHeads(shape.NumHeads, shape.NumKeyValueHeads, shape.HeadDim) { Window = config.Windows[layer] });
        _postAttentionNorm = weights.Norm(name + ".post_attention_layernorm.weight", hidden);
        _mlp = new GatedMlp(
            weights.Linear(name + ".mlp.gate_proj", hidden, config.IntermediateSize, config.MlpBias),
            weights.Linear(name + ".mlp.up_proj", hidden, config.IntermediateSize, config.MlpBias),
            weights.Linear(name + ".mlp.down_proj", config.IntermediateSize, hidden, config.MlpBias),
            config.Activation);
    }

    /// <summary>Names of a block's linears, in the order of <see cref="Linears"/>: known without a weight.</summary>
    public static IEnumerable<string> LinearNames(int layer) =>
        from linear in (string[])["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"]
        select $"{NameOf(layer)}.{linear}";

    public IEnumerable<Linear> Linears => [.. _attention.Linears, .. _mlp.Linears];

    public IEnumerable<Parameter> Parameters => [_inputNorm, .. Weights(_attention.Linears), _postAttentionNorm, .. Weights(_mlp.Linears)];

    public Var Forward(Tape t, Var x, TokenBatch batch, RotaryAngles angles, LayerCache? cache)
    {
        Var h = t.Add(x, _attention.Forward(t, t.RmsNorm(x, _inputNorm, _eps), batch, angles, cache));
        return t.Add(h, _mlp.Forward(t, t.RmsNorm(h, _postAttentionNorm, _eps)));
    }

    private static string NameOf(int layer) => $"model.layers.{layer}";

    private static IEnumerable<Parameter> Weights(IEnumerable<Linear> linears) =>
        linears.SelectMany(linear => linear.Bias is null ? (Parameter[])[linear.Weight] : [linear.Weight, linear.Bias]);
}
