using TorchSharp;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models.Weights;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Models.Bert;

// T = tokens of the batch, D = hidden size.

/// <summary>
/// The encoder of BERT (arXiv:1810.04805) and of relatives with the same graph: RoBERTa (1907.11692), DistilBERT (1910.01108), ELECTRA
/// (2003.10555). Embeddings, blocks with norms behind the sums; heads stand on it.
/// </summary>
public sealed class BertModel : IModel
{
    private readonly BertConfig _config;
    private readonly BertEmbeddings _embeddings;
    private readonly BertBlock[] _blocks;
    private readonly PrefixSlot _prefix;

    /// <param name="config">Sizes and names.</param>
    /// <param name="words">The word embedding's matrix, which a language-model head may share.</param>
    /// <param name="weights">Where every other weight comes from.</param>
    /// <param name="computeType">Type of the values.</param>
    public BertModel(BertConfig config, Parameter words, IWeightSource weights, ScalarType computeType)
    {
        _config = config;
        ComputeType = computeType;
        _embeddings = new BertEmbeddings(config, words, weights);
        _blocks = [.. Enumerable.Range(0, config.NumLayers).Select(layer => new BertBlock(config, layer, weights))];
        Linears = [.. _embeddings.Linears, .. _blocks.SelectMany(block => block.Linears)];
        Parameters = [.. _embeddings.Parameters, .. _blocks.SelectMany(block => block.Parameters)];
        _prefix = new PrefixSlot(config.NumLayers, config.HiddenSize);
        Tunable = new TunableModel(Linears, Parameters, Head: null)
        {
            Embedding = _embeddings.Words,
            Residuals = [.. _blocks.SelectMany(block => block.Residuals)],
            Prefix = _prefix,
            Shape = config.Shape,
            TaskType = "FEATURE_EXTRACTION",
        };
    }

    public string ModelType => _config.Source.ModelType;

    public HfConfig Config => _config.Source;

    public ModelShape Shape => _config.Shape;

    public ScalarType ComputeType { get; }

    public IReadOnlyList<string> Warnings { get; init; } = [];

    public IReadOnlyList<Parameter> Parameters { get; }

    public IReadOnlyList<Linear> Linears { get; }

    public TunableModel Tunable { get; }

    public bool RecomputeBlocks { get; set; }

    /// <summary>How large the encoder is.</summary>
    public static ModelSizes SizesOf(BertConfig config)
    {
        long width = config.EmbeddingSize, hidden = config.HiddenSize;
        long tables = width * (config.NumPositions + config.NumTokenTypes) + (width - hidden) * config.VocabularySize; // the word embedding counts as D wide
        IEnumerable<LinearSize> projection = width == hidden ? [] : [new LinearSize($"{config.Names.Body}.embeddings_project", config.EmbeddingSize, config.HiddenSize, HasBias: true)];
        return new ModelSizes(config.Shape, config.IntermediateSize, [.. projection, .. Enumerable.Range(0, config.NumLayers).SelectMany(layer => BertBlock.LinearSizes(config, layer))], TiedHead: false)
        {
            LearnedPositions = true,
            EmbeddingName = config.Names.Body + ".embeddings.word_embeddings",
            OtherParameters = tables + 2 * width + 4 * hidden * config.NumLayers,
        };
    }

    /// <inheritdoc/>
    /// <param name="t">A tape on a workspace of the compute type.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="cache">Must be null: an encoder computes whole rows.</param>
    /// <param name="observe">Sees the input of each layer.</param>
    public Var Hidden(Tape t, TokenBatch batch, KvCache? cache = null, Action<int, Tensor>? observe = null)
    {
        if (cache is not null) throw new ArgumentException("An encoder computes whole rows and has no use for a cache.", nameof(cache));
        VirtualTokens.Prepare(t, batch, cache, _embeddings.Words, _prefix, _ => { });
        Var x_TD = _embeddings.Forward(t, batch, _prefix.NumTokens);
        for (int layer = 0; layer < _blocks.Length; layer++)
        {
            BertBlock block = _blocks[layer];
            (Var, Var)? prefix = _prefix.Current?.Forward(t, layer);
            observe?.Invoke(layer, x_TD.Data);
            x_TD = RecomputeBlocks ? t.Recompute(x_TD, Forward) : t.Block(x_TD, Forward);

            Var Forward(Tape t, Var x_TD) => block.Forward(t, x_TD, batch, prefix);
        }
        return x_TD;
    }

    public void Dispose()
    {
        foreach (Parameter parameter in Parameters) parameter.Dispose();
    }
}
