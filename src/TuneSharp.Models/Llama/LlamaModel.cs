using TorchSharp;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models.Weights;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Models.Llama;

// T = tokens of the batch, D = hidden size, V = vocabulary.

/// <summary>
/// Llama (arXiv:2302.13971, 2307.09288, 2407.21783) and relatives with the same graph: embedding, blocks with norms before
/// attention and MLP, final norm, output head.
/// </summary>
public sealed class LlamaModel : ICausalLm
{
    private const string HeadName = "lm_head";

    private readonly LlamaConfig _config;
    private readonly Parameter _embedding, _norm;
    private readonly LlamaBlock[] _blocks;
    private readonly RotaryEmbedding _rotary;

    /// <param name="config">Sizes.</param>
    /// <param name="weights">Where each weight comes from.</param>
    /// <param name="computeType">Type of the values.</param>
    public LlamaModel(LlamaConfig config, IWeightSource weights, ScalarType computeType)
    {
        _config = config;
        ComputeType = computeType;
        AttentionShape attention = config.Attention;
        _rotary = Rotary.Create(config.Rope, attention.HeadDim, config.Source);
        (_embedding, Parameter head) = weights.Vocabulary("model.embed_tokens.weight", "lm_head.weight", config.VocabularySize, attention.HiddenSize, config.TieWordEmbeddings);
        _blocks = [.. Enumerable.Range(0, config.NumLayers).Select(layer => new LlamaBlock(config, layer, weights))];
        _norm = weights.Norm("model.norm.weight", attention.HiddenSize);
        Head = new Linear(HeadName, head);
        Linears = [.. _blocks.SelectMany(block => block.Linears)];
        Parameters = [_embedding, .. _blocks.SelectMany(block => block.Parameters), _norm, .. ReferenceEquals(head, _embedding) ? (Parameter[])[] : [head]];
    }

    /// <summary>How large such a model is.</summary>
    public static ModelSizes SizesOf(LlamaConfig config) =>
        new(config.Shape, config.IntermediateSize, [.. Enumerable.Range(0, config.NumLayers).SelectMany(layer => LlamaBlock.LinearSizes(config, layer))], config.TieWordEmbeddings);

    /// <summary>What the modules of such a model are called.</summary>
    public static ModuleNames NamesOf(LlamaConfig config) => new([.. SizesOf(config).Linears.Select(linear => linear.Name)], HeadName);

    public string ModelType => _config.Source.ModelType;

    public HfConfig Config => _config.Source;

    public ModelShape Shape => _config.Shape;

    public ScalarType ComputeType { get; }

    public IReadOnlyList<string> Warnings { get; init; } = [];

    public IReadOnlyList<Parameter> Parameters { get; }

    public IReadOnlyList<Linear> Linears { get; }

    public Linear Head { get; }

    public bool RecomputeBlocks { get; set; }

    public Var Hidden(Tape t, TokenBatch batch, KvCache? cache = null, Action<int, Tensor>? observe = null)
    {
        cache?.Check(batch);
        RotaryAngles angles = _rotary.Angles(batch, cache, t.Workspace.ComputeType);
        Var x_TD = t.Embedding(_embedding, batch, _config.PaddingId);
        for (int layer = 0; layer < _blocks.Length; layer++)
        {
            LlamaBlock block = _blocks[layer];
            LayerCache? layerCache = cache?.Layer(layer);
            observe?.Invoke(layer, x_TD.Data);
            x_TD = RecomputeBlocks ? t.Recompute(x_TD, Forward) : t.Block(x_TD, Forward);

            Var Forward(Tape t, Var x_TD) => block.Forward(t, x_TD, batch, angles, layerCache);
        }
        cache?.Advance(batch);
        return t.RmsNorm(x_TD, _norm, _config.RmsNormEps);
    }

    public KvCache CreateCache(int maxTokens, int batch = 1) =>
        new(_config.NumLayers, batch, _config.Attention.NumKeyValueHeads, _config.Attention.HeadDim, maxTokens, ComputeType);

    public void Dispose()
    {
        foreach (Parameter parameter in Parameters) parameter.Dispose();
    }
}
