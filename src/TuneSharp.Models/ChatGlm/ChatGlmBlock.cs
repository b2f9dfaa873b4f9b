using TuneSharp.Models.Decoders;
using TuneSharp.Models.Weights;
using TuneSharp.Nn;

namespace TuneSharp.Models.ChatGlm;

/// <summary>One block: h = x + attention(norm(x)), y = h + mlp(norm(h)), each with one linear for all that goes in.</summary>
internal sealed class ChatGlmBlock : IDecoderBlock
{
    private readonly Parameter _attentionNorm, _mlpNorm;
    private readonly FusedAttention _attention;
    private readonly FusedGatedMlp _mlp;
    private readonly ResidualSum _attentionSum, _mlpSum;
    private readonly double _eps;

    public ChatGlmBlock(ChatGlmConfig config, int layer, IWeightSource weights)
    {
        string name = NameOf(layer);
        int hidden = config.HiddenSize, heads = config.Heads.NumHeads * config.Heads.HeadDim;
        _eps = config.Eps;
        _attentionNorm = weights.Norm(name + ".input_layernorm.weight", hidden);
        _attention = new FusedAttention(
            weights.Linear(name + ".self_attention.query_key_value", hidden, config.FusedWidth, config.QueryKeyValueBias),
            weights.Linear(name + ".self_attention.dense", heads, hidden, config.LinearBias),
            config.Heads);
        _mlpNorm = weights.Norm(name + ".post_attention_layernorm.weight", hidden);
        _mlp = new FusedGatedMlp(
            weights.Linear(name + ".mlp.dense_h_to_4h", hidden, 2 * config.IntermediateSize, config.LinearBias),
            weights.Linear(name + ".mlp.dense_4h_to_h", config.IntermediateSize, hidden, config.LinearBias));
        _attentionSum = new ResidualSum(name + ".self_attention", hidden);
        _mlpSum = new ResidualSum(name + ".mlp", hidden);
    }

    /// <summary>A block's linears, in the order of <see cref="Linears"/>: known without a weight.</summary>
    public static IEnumerable<LinearSize> LinearSizes(ChatGlmConfig config, int layer)
    {
        string name = NameOf(layer);
        int hidden = config.HiddenSize, width = config.IntermediateSize;
        return
        [
            new(name + ".self_attention.query_key_value", hidden, config.FusedWidth, config.QueryKeyValueBias),
            new(name + ".self_attention.dense", config.Heads.NumHeads * config.Heads.HeadDim, hidden, config.LinearBias),
            new(name + ".mlp.dense_h_to_4h", hidden, 2 * width, config.LinearBias),
            new(name + ".mlp.dense_4h_to_h", width, hidden, config.LinearBias),
        ];
    }

    public IEnumerable<Linear> Linears => [.. _attention.Linears, .. _mlp.Linears];

    public IEnumerable<ResidualSum> Residuals => [_attentionSum, _mlpSum];

    public IEnumerable<Parameter> Parameters =>
        [_attentionNorm, .. _attention.Linears.SelectMany(linear => linear.Parameters), _mlpNorm, .. _mlp.Linears.SelectMany(linear => linear.Parameters)];

    public Var Forward(Tape t, Var x, BlockInput input)
    {
        Var h = _attentionSum.Forward(t, x, _attention.Forward(t, t.RmsNorm(x, _attentionNorm, _eps), input.Batch, input.Angles, input.Cache, input.Prefix));
        return _mlpSum.Forward(t, h, _mlp.Forward(t, t.RmsNorm(h, _mlpNorm, _eps)));
    }

    private static string NameOf(int layer) => $"{ChatGlmDecoder.Body}.encoder.layers.{layer}";
}
