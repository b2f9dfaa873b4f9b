using TorchSharp;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Models.Decoders;

// T = tokens of the batch, D = hidden size.

/// <summary>
/// What all decoders have in common: embedding, blocks one after another, final norm; a prompt or prefix before every row; a cache.
/// Heads stand on it.
/// </summary>
internal abstract class Decoder : IModel
{
    private readonly IReadOnlyList<IDecoderBlock> _blocks;
    private readonly PrefixSlot _prefix;

    /// <param name="config">The whole config.json.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="embedding">Of tokens.</param>
    /// <param name="blocks">In order.</param>
    /// <param name="others">Parameters before the blocks but the embedding's, and behind them.</param>
    /// <param name="computeType">Type of the values.</param>
    protected Decoder(HfConfig config, ModelShape shape, Embedding embedding, IReadOnlyList<IDecoderBlock> blocks, (IEnumerable<Parameter> Before, IEnumerable<Parameter> Behind) others, ScalarType computeType)
    {
        Config = config;
        Shape = shape;
        Embedding = embedding;
        ComputeType = computeType;
        _blocks = blocks;
        Linears = [.. blocks.SelectMany(block => block.Linears)];
        Parameters = [embedding.Weight, .. others.Before, .. blocks.SelectMany(block => block.Parameters), .. others.Behind];
        _prefix = new PrefixSlot(shape.NumLayers, shape.NumKeyValueHeads * shape.HeadDim);
        Tunable = new TunableModel(Linears, Parameters, Head: null) { Embedding = embedding, Residuals = [.. blocks.SelectMany(block => block.Residuals)], Prefix = _prefix, Shape = shape };
    }

    public string ModelType => Config.ModelType;

    public HfConfig Config { get; }

    public ModelShape Shape { get; }

    public ScalarType ComputeType { get; }

    public IReadOnlyList<string> Warnings => [];

    public IReadOnlyList<Parameter> Parameters { get; }

    public IReadOnlyList<Linear> Linears { get; }

    public TunableModel Tunable { get; }

    public bool RecomputeBlocks { get; set; }

    protected Embedding Embedding { get; }

    public Var Hidden(Tape t, TokenBatch batch, KvCache? cache = null, Action<int, Tensor>? observe = null)
    {
        VirtualTokens.Prepare(t, batch, cache, Embedding, _prefix, prompt => _ = Hidden(t, prompt, cache));
        cache?.Check(batch);
        RotaryAngles? angles = Angles(batch, cache, t.Workspace.WideType, _prefix.NumTokens);
        Var x_TD = Embed(t, batch, cache, _prefix.NumTokens);
        for (int layer = 0; layer < _blocks.Count; layer++)
        {
            IDecoderBlock block = _blocks[layer];
            var input = new BlockInput(batch, angles, cache?.Layer(layer), cache is null ? _prefix.Current?.Forward(t, layer) : null);
            observe?.Invoke(layer, x_TD.Data);
            x_TD = RecomputeBlocks ? t.Recompute(x_TD, Forward) : t.Block(x_TD, Forward);

            Var Forward(Tape t, Var x_TD) => block.Forward(t, x_TD, input);
        }
        cache?.Advance(batch);
        return Norm(t, x_TD);
    }

    /// <inheritdoc cref="ICausalLm.CreateCache"/>
    public KvCache CreateCache(int maxTokens, int batch = 1) =>
        new(Shape.NumLayers, batch, Shape.NumKeyValueHeads, Shape.HeadDim, maxTokens + Embedding.NumVirtualTokens + _prefix.NumTokens, ComputeType);

    public void Dispose()
    {
        foreach (Parameter parameter in Parameters) parameter.Dispose();
    }

    /// <summary>The input of the first block, [T, D].</summary>
    /// <param name="t">Where it is recorded.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="cache">Earlier tokens of these rows.</param>
    /// <param name="firstPosition">Of a row that begins here, behind a prefix.</param>
    protected virtual Var Embed(Tape t, TokenBatch batch, KvCache? cache, int firstPosition) => Embedding.Forward(t, batch);

    /// <summary>Rotations of this batch's positions; null: the family rotates nothing.</summary>
    /// <inheritdoc cref="Embed"/>
    protected virtual RotaryAngles? Angles(TokenBatch batch, KvCache? cache, ScalarType type, int firstPosition) => null;

    /// <summary>The final norm.</summary>
    protected abstract Var Norm(Tape t, Var x);
}
