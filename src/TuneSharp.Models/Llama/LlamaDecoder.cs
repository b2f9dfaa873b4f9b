using TuneSharp.Models.Decoders;
using TuneSharp.Models.Weights;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Models.Llama;

/// <summary>
/// Llama (arXiv:2302.13971, 2307.09288, 2407.21783) and relatives with the same graph: embedding, blocks with norms before
/// attention and MLP, final norm.
/// </summary>
internal sealed class LlamaDecoder : Decoder
{
    public const string EmbeddingName = "model.embed_tokens", HeadName = "lm_head";

    private readonly RotaryEmbedding _rotary;
    private readonly Parameter _norm;
    private readonly double _eps;

    /// <param name="config">Sizes.</param>
    /// <param name="embedding">[V, D], which an output head may share.</param>
    /// <param name="weights">Where every other weight comes from.</param>
    /// <param name="computeType">Type of the values.</param>
    public LlamaDecoder(LlamaConfig config, Parameter embedding, IWeightSource weights, ScalarType computeType)
        : this(config, Rotary.Create(config.Rope, config.Attention.HeadDim, config.Source), embedding, Blocks(config, weights), weights.Norm("model.norm.weight", config.Attention.HiddenSize), computeType)
    {
    }

    private LlamaDecoder(LlamaConfig config, RotaryEmbedding rotary, Parameter embedding, LlamaBlock[] blocks, Parameter norm, ScalarType computeType)
        : base(config.Source, config.Shape, new Embedding(EmbeddingName, embedding, config.PaddingId), blocks, ([], [norm]), computeType)
    {
        _rotary = rotary;
        _norm = norm;
        _eps = config.RmsNormEps;
    }

    /// <summary>How large the decoder is.</summary>
    public static ModelSizes SizesOf(LlamaConfig config) =>
        new(config.Shape, config.IntermediateSize, [.. Enumerable.Range(0, config.NumLayers).SelectMany(layer => LlamaBlock.LinearSizes(config, layer))], TiedHead: false);

    protected override RotaryAngles Angles(TokenBatch batch, KvCache? cache, ScalarType type, int firstPosition) => _rotary.Angles(batch, cache, type, firstPosition);

    protected override Var Norm(Tape t, Var x) => t.RmsNorm(x, _norm, _eps);

    private static LlamaBlock[] Blocks(LlamaConfig config, IWeightSource weights) => [.. Enumerable.Range(0, config.NumLayers).Select(layer => new LlamaBlock(config, layer, weights))];
}
