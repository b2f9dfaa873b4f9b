using TuneSharp.Models.Decoders;
using TuneSharp.Models.Weights;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Models.ChatGlm;

/// <summary>ChatGLM from the second generation on (arXiv:2406.12793): a causal decoder, whatever its modules are called.</summary>
internal sealed class ChatGlmDecoder : Decoder
{
    public const string Body = "transformer", EmbeddingName = Body + ".embedding.word_embeddings", HeadName = Body + ".output_layer";

    private readonly RotaryEmbedding _rotary;
    private readonly Parameter? _norm;
    private readonly double _eps;

    /// <param name="config">Sizes.</param>
    /// <param name="embedding">[V, D].</param>
    /// <param name="weights">Where every other weight comes from.</param>
    /// <param name="computeType">Type of the values.</param>
    public ChatGlmDecoder(ChatGlmConfig config, Parameter embedding, IWeightSource weights, ScalarType computeType)
        : this(config, embedding, Blocks(config, weights), config.FinalNorm ? weights.Norm(Body + ".encoder.final_layernorm.weight", config.HiddenSize) : null, computeType)
    {
    }

    private ChatGlmDecoder(ChatGlmConfig config, Parameter embedding, ChatGlmBlock[] blocks, Parameter? norm, ScalarType computeType)
        : base(config.Source, config.Shape, new Embedding(EmbeddingName, embedding), blocks, ([], norm is null ? [] : [norm]), computeType)
    {
        _rotary = config.CreateRotary();
        _norm = norm;
        _eps = config.Eps;
    }

    /// <summary>How large the decoder is.</summary>
    public static ModelSizes SizesOf(ChatGlmConfig config) =>
        new(config.Shape, config.IntermediateSize, [.. Enumerable.Range(0, config.NumLayers).SelectMany(layer => ChatGlmBlock.LinearSizes(config, layer))], TiedHead: false)
        {
            OtherParameters = (2L * config.NumLayers + (config.FinalNorm ? 1 : 0)) * config.HiddenSize,
        };

    protected override RotaryAngles Angles(TokenBatch batch, KvCache? cache, ScalarType type, int firstPosition) => _rotary.Angles(batch, cache, type, firstPosition);

    protected override Var Norm(Tape t, Var x) => _norm is null ? x : t.RmsNorm(x, _norm, _eps);

    private static ChatGlmBlock[] Blocks(ChatGlmConfig config, IWeightSource weights) => [.. Enumerable.Range(0, config.NumLayers).Select(layer => new ChatGlmBlock(config, layer, weights))];
}
