using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models.Decoders;
using TuneSharp.Models.Weights;
using TuneSharp.Nn;

namespace TuneSharp.Models.Llama;

/// <summary>
/// One block: h = x + attention(norm(x)), y = h + mlp(norm(h)).
/// </summary>
internal sealed class LlamaBlock : IDecoderBlock
{
    private readonly Parameter _inputNorm, _postAttentionNorm;
    private readonly GroupedQueryAttention _attention;
    private readonly GatedMlp _mlp;
    private readonly ResidualSum _attentionSum, _mlpSum;
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
        _attentionSum = new ResidualSum(name + ".self_attn", hidden);
        _mlpSum = new ResidualSum(name + ".mlp", hidden);
    }

    /// <summary>A block's linears, in the order of <see cref="Linears"/>: known without a weight.</summary>
    public static IEnumerable<LinearSize> LinearSizes(LlamaConfig config, int layer)
    {
        AttentionShape shape = config.Attention;
        int hidden = shape.HiddenSize, queries = shape.NumHeads * shape.HeadDim, keys = shape.NumKeyValueHeads * shape.HeadDim, width = config.IntermediateSize;
        return
        [
            Size("self_attn.q_proj", hidden, queries, config.QueryKeyValueBias), Size("self_attn.k_proj", hidden, keys, config.QueryKeyValueBias),
            Size("self_attn.v_proj", hidden, keys, config.QueryKeyValueBias), Size("self_attn.o_proj", queries, hidden, config.OutputBias),
            Size("mlp.gate_proj", hidden, width, config.MlpBias), Size("mlp.up_proj", hidden, width, config.MlpBias), Size("mlp.down_proj", width, hidden, config.MlpBias),
        ];

        LinearSize Size(string linear, int from, int to, bool bias) => new($"{NameOf(layer)}.{linear}", from, to, bias);
    }

    public IEnumerable<Linear> Linears => [.. _attention.Linears, .. _mlp.Linears];

    public IEnumerable<ResidualSum> Residuals => [_attentionSum, _mlpSum];

    public IEnumerable<Parameter> Parameters => [_inputNorm, .. _attention.Linears.SelectMany(linear => linear.Parameters), _postAttentionNorm, .. _mlp.Linears.SelectMany(linear => linear.Parameters)];

    public Var Forward(Tape t, Var x, BlockInput input)
    {
        Var h = _attentionSum.Forward(t, x, _attention.Forward(t, t.RmsNorm(x, _inputNorm, _eps), input.Batch, input.Angles!, input.Cache, input.Prefix));
        return _mlpSum.Forward(t, h, _mlp.Forward(t, t.RmsNorm(h, _postAttentionNorm, _eps)));
    }

    private static string NameOf(int layer) => $"model.layers.{layer}";
}
