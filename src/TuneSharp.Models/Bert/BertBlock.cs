using TuneSharp.Models.Weights;
using TuneSharp.Nn;

namespace TuneSharp.Models.Bert;

/// <summary>
/// One block, with the norms behind the sums: h = norm(x + attention(x)), y = norm(h + mlp(h)).
/// </summary>
internal sealed class BertBlock
{
    private readonly EncoderAttention _attention;
    private readonly Mlp _mlp;
    private readonly LayerNorm _attentionNorm, _outputNorm;
    private readonly ResidualSum _attentionSum, _mlpSum;

    public BertBlock(BertConfig config, int layer, IWeightSource weights)
    {
        BertNames names = config.Names;
        string name = names.Layer(layer) + ".";
        int hidden = config.HiddenSize;
        _attention = new EncoderAttention(
            weights.Linear(name + names.Query, hidden, hidden, bias: true),
            weights.Linear(name + names.Key, hidden, hidden, bias: true),
            weights.Linear(name + names.Value, hidden, hidden, bias: true),
            weights.Linear(name + names.AttentionOutput, hidden, hidden, bias: true),
            config.Heads);
        _attentionNorm = weights.LayerNorm(name + names.AttentionNorm, hidden, config.Eps);
        _mlp = new Mlp(
            weights.Linear(name + names.Up, hidden, config.IntermediateSize, bias: true),
            weights.Linear(name + names.Down, config.IntermediateSize, hidden, bias: true),
            config.Activation);
        _outputNorm = weights.LayerNorm(name + names.OutputNorm, hidden, config.Eps);
        _attentionSum = new ResidualSum(name + names.Attention, hidden);
        _mlpSum = new ResidualSum(name + names.Mlp, hidden);
    }

    /// <summary>A block's linears, in the order of <see cref="Linears"/>: known without a weight.</summary>
    public static IEnumerable<LinearSize> LinearSizes(BertConfig config, int layer)
    {
        BertNames names = config.Names;
        int hidden = config.HiddenSize, width = config.IntermediateSize;
        return
        [
            Size(names.Query, hidden, hidden), Size(names.Key, hidden, hidden), Size(names.Value, hidden, hidden), Size(names.AttentionOutput, hidden, hidden),
            Size(names.Up, hidden, width), Size(names.Down, width, hidden),
        ];

        LinearSize Size(string linear, int from, int to) => new($"{names.Layer(layer)}.{linear}", from, to, HasBias: true);
    }

    public IEnumerable<Linear> Linears => [.. _attention.Linears, .. _mlp.Linears];

    public IEnumerable<ResidualSum> Residuals => [_attentionSum, _mlpSum];

    public IEnumerable<Parameter> Parameters => [.. _attention.Linears.SelectMany(linear => linear.Parameters), .. _attentionNorm.Parameters, .. _mlp.Linears.SelectMany(linear => linear.Parameters), .. _outputNorm.Parameters];

    public Var Forward(Tape t, Var x, TokenBatch batch, (Var Key, Var Value)? prefix)
    {
        Var h = _attentionSum.Forward(t, x, _attention.Forward(t, x, batch, prefix), _attentionNorm.Forward);
        return _mlpSum.Forward(t, h, _mlp.Forward(t, h), _outputNorm.Forward);
    }
}
