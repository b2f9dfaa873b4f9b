using TuneSharp.Models.Decoders;
using TuneSharp.Models.Weights;
using TuneSharp.Nn;

namespace TuneSharp.Models.Gpt2;

/// <summary>One block: h = x + attention(norm(x)), y = h + mlp(norm(h)). All linears are stored as [In, Out].</summary>
internal sealed class Gpt2Block : IDecoderBlock
{
    private readonly LayerNorm _attentionNorm, _mlpNorm;
    private readonly FusedAttention _attention;
    private readonly Mlp _mlp;
    private readonly ResidualSum _attentionSum, _mlpSum;

    public Gpt2Block(Gpt2Config config, int layer, IWeightSource weights)
    {
        string name = NameOf(layer);
        int hidden = config.HiddenSize;
        _attentionNorm = weights.LayerNorm(name + ".ln_1", hidden, config.Eps);
        _attention = new FusedAttention(
            weights.TransposedLinear(name + ".attn.c_attn", hidden, 3 * hidden),
            weights.TransposedLinear(name + ".attn.c_proj", hidden, hidden),
            config.Heads(layer));
        _mlpNorm = weights.LayerNorm(name + ".ln_2", hidden, config.Eps);
        _mlp = new Mlp(
            weights.TransposedLinear(name + ".mlp.c_fc", hidden, config.IntermediateSize),
            weights.TransposedLinear(name + ".mlp.c_proj", config.IntermediateSize, hidden),
            config.Activation);
        _attentionSum = new ResidualSum(name + ".attn", hidden);
        _mlpSum = new ResidualSum(name + ".mlp", hidden);
    }

    /// <summary>A block's linears, in the order of <see cref="Linears"/>: known without a weight.</summary>
    public static IEnumerable<LinearSize> LinearSizes(Gpt2Config config, int layer)
    {
        int hidden = config.HiddenSize, width = config.IntermediateSize;
        return [Size("attn.c_attn", hidden, 3 * hidden), Size("attn.c_proj", hidden, hidden), Size("mlp.c_fc", hidden, width), Size("mlp.c_proj", width, hidden)];

        LinearSize Size(string linear, int from, int to) => new($"{NameOf(layer)}.{linear}", from, to, HasBias: true);
    }

    public IEnumerable<Linear> Linears => [.. _attention.Linears, .. _mlp.Linears];

    public IEnumerable<ResidualSum> Residuals => [_attentionSum, _mlpSum];

    public IEnumerable<Parameter> Parameters => [.. _attentionNorm.Parameters, .. _attention.Linears.SelectMany(linear => linear.Parameters), .. _mlpNorm.Parameters, .. _mlp.Linears.SelectMany(linear => linear.Parameters)];

    public Var Forward(Tape t, Var x, BlockInput input)
    {
        Var h = _attentionSum.Forward(t, x, _attention.Forward(t, _attentionNorm.Forward(t, x), input.Batch, angles: null, input.Cache, input.Prefix));
        return _mlpSum.Forward(t, h, _mlp.Forward(t, _mlpNorm.Forward(t, h)));
    }

    private static string NameOf(int layer) => $"{Gpt2Decoder.Body}.h.{layer}";
}
