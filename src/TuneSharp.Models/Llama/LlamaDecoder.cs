using TorchSharp;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models.Weights;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Models.Llama;

// T = tokens of the batch, D = hidden size.

/// <summary>
/// Llama (arXiv:2302.13971, 2307.09288, 2407.21783) and relatives with the same graph: embedding, blocks with norms before
/// attention and MLP, final norm. Heads stand on it.
/// </summary>
internal sealed class LlamaDecoder : IModel
{
    public const string EmbeddingName = "model.embed_tokens";

    private readonly LlamaConfig _config;
    private readonly Embedding _embedding;
    private readonly Parameter _norm;
    private readonly PrefixSlot _prefix;
    private readonly LlamaBlock[] _blocks;
    private readonly RotaryEmbedding _rotary;

    /// <param name="config">Sizes.</param>
    /// <param name="embedding">[V, D], which an output head may share.</param>
    /// <param name="weights">Where every other weight comes from.</param>
    /// <param name="computeType">Type of the values.</param>
    public LlamaDecoder(LlamaConfig config, Parameter embedding, IWeightSource weights, ScalarType computeType)
    {
        _config = config;
        ComputeType = computeType;
        AttentionShape attention = config.Attention;
        _rotary = Rotary.Create(config.Rope, attention.HeadDim, config.Source);
        _embedding = new Embedding(EmbeddingName, embedding, config.PaddingId);
        _blocks = [.. Enumerable.Range(0, config.NumLayers).Select(layer => new LlamaBlock(config, layer, weights))];
        _norm = weights.Norm("model.norm.weight", attention.HiddenSize);
        Linears = [.. _blocks.SelectMany(block => block.Linears)];
        Parameters = [embedding, .. _blocks.SelectMany(block => block.Parameters), _norm];
        _prefix = new PrefixSlot(config.NumLayers, attention.NumKeyValueHeads * attention.HeadDim);
        Tunable = new TunableModel(Linears, Parameters, Head: null) { Embedding = _embedding, Residuals = [.. _blocks.SelectMany(block => block.Residuals)], Prefix = _prefix, Shape = config.Shape };
    }

    /// <summary>How large the decoder is.</summary>
    public static ModelSizes SizesOf(LlamaConfig config) =>
        new(config.Shape, config.IntermediateSize, [.. Enumerable.Range(0, config.NumLayers).SelectMany(layer => LlamaBlock.LinearSizes(config, layer))], TiedHead: false);

    public string ModelType => _config.Source.ModelType;

    public HfConfig Config => _config.Source;

    public ModelShape Shape => _config.Shape;

    public ScalarType ComputeType { get; }

    public IReadOnlyList<string> Warnings { get; init; } = [];

    public IReadOnlyList<Parameter> Parameters { get; }

    public IReadOnlyList<Linear> Linears { get; }

    public TunableModel Tunable { get; }

    public bool RecomputeBlocks { get; set; }

    public Var Hidden(Tape t, TokenBatch batch, KvCache? cache = null, Action<int, Tensor>? observe = null)
    {
        VirtualTokens.Prepare(t, batch, cache, _embedding, _prefix, prompt => _ = Hidden(t, prompt, cache));
        cache?.Check(batch);
        RotaryAngles angles = _rotary.Angles(batch, cache, t.Workspace.ComputeType, _prefix.NumTokens);
        Var x_TD = _embedding.Forward(t, batch);
        for (int layer = 0; layer < _blocks.Length; layer++)
        {
            LlamaBlock block = _blocks[layer];
            LayerCache? layerCache = cache?.Layer(layer);
            (Var, Var)? prefix = cache is null ? _prefix.Current?.Forward(t, layer) : null;
            observe?.Invoke(layer, x_TD.Data);
            x_TD = RecomputeBlocks ? t.Recompute(x_TD, Forward) : t.Block(x_TD, Forward);

            Var Forward(Tape t, Var x_TD) => block.Forward(t, x_TD, batch, angles, layerCache, prefix);
        }
        cache?.Advance(batch);
        return t.RmsNorm(x_TD, _norm, _config.RmsNormEps);
    }

    /// <inheritdoc cref="ICausalLm.CreateCache"/>
    public KvCache CreateCache(int maxTokens, int batch = 1) => new(_config.NumLayers, batch, _config.Attention.NumKeyValueHeads, _config.Attention.HeadDim,
        maxTokens + _embedding.NumVirtualTokens + _prefix.NumTokens, ComputeType);

    public void Dispose()
    {
        foreach (Parameter parameter in Parameters) parameter.Dispose();
    }
}
