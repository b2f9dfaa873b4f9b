using TuneSharp.Models.Decoders;
using TuneSharp.Models.Weights;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Models.Gpt2;

/// <summary>GPT-2 (Radford et al. 2019, "Language Models are Unsupervised Multitask Learners"): learned positions, norms before attention and MLP.</summary>
internal sealed class Gpt2Decoder : Decoder
{
    public const string Body = "transformer", EmbeddingName = Body + ".wte", HeadName = "lm_head";

    private readonly Gpt2Config _config;
    private readonly Parameter _positions;
    private readonly LayerNorm _norm;

    /// <param name="config">Sizes.</param>
    /// <param name="embedding">[V, D], which the output head mostly shares.</param>
    /// <param name="weights">Where every other weight comes from.</param>
    /// <param name="computeType">Type of the values.</param>
    public Gpt2Decoder(Gpt2Config config, Parameter embedding, IWeightSource weights, ScalarType computeType)
        : this(config, embedding, weights.Matrix(Body + ".wpe.weight", config.NumPositions, config.HiddenSize), Blocks(config, weights), weights.LayerNorm(Body + ".ln_f", config.HiddenSize, config.Eps), computeType)
    {
    }

    private Gpt2Decoder(Gpt2Config config, Parameter embedding, Parameter positions, Gpt2Block[] blocks, LayerNorm norm, ScalarType computeType)
        : base(config.Source, config.Shape, new Embedding(EmbeddingName, embedding), blocks, ([positions], norm.Parameters), computeType)
    {
        _config = config;
        _positions = positions;
        _norm = norm;
    }

    /// <summary>How large the decoder is.</summary>
    public static ModelSizes SizesOf(Gpt2Config config)
    {
        long hidden = config.HiddenSize;
        return new ModelSizes(config.Shape, config.IntermediateSize, [.. Enumerable.Range(0, config.NumLayers).SelectMany(layer => Gpt2Block.LinearSizes(config, layer))], TiedHead: false)
        {
            LearnedPositions = true,
            OtherParameters = hidden * config.NumPositions + 2 * hidden * (2L * config.NumLayers + 1),
        };
    }

    protected override Var Embed(Tape t, TokenBatch batch, KvCache? cache, int firstPosition)
    {
        int[] positions = batch.Positions(cache, firstPosition);
        PositionLimit.Check(positions.Max() + 1, _config.NumPositions, _config.Source);
        return t.Add(t.Lookup(_positions, positions), Embedding.Forward(t, batch));
    }

    protected override Var Norm(Tape t, Var x) => _norm.Forward(t, x);

    private static Gpt2Block[] Blocks(Gpt2Config config, IWeightSource weights) => [.. Enumerable.Range(0, config.NumLayers).Select(layer => new Gpt2Block(config, layer, weights))];
}
