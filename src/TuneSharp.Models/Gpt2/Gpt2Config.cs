using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Nn;

namespace TuneSharp.Models.Gpt2;

/// <summary>What the computation needs of config.json.</summary>
public sealed record Gpt2Config
{
    private const int MaxSize = 1 << 24, MaxLayers = 4096, MaxHeads = 65_536;

    public required HfConfig Source { get; init; }

    public required int VocabularySize { get; init; }

    public required int HiddenSize { get; init; }

    public required int NumLayers { get; init; }

    public required int NumHeads { get; init; }

    public required int IntermediateSize { get; init; }

    /// <summary>Rows of the table of positions.</summary>
    public required int NumPositions { get; init; }

    public required Activation Activation { get; init; }

    /// <summary>Of the layer norms.</summary>
    public required double Eps { get; init; }

    public required bool TieWordEmbeddings { get; init; }

    /// <summary>Scores are divided by the square root of a head's width.</summary>
    public bool ScaleScores { get; init; } = true;

    /// <summary>Scores of layer n are divided by n + 1 too.</summary>
    public bool ScaleByLayer { get; init; }

    /// <summary>Where a classifier stops passing over tokens at a row's end; the embedding treats it as any other.</summary>
    public int? PaddingId { get; init; }

    public int HeadDim => HiddenSize / NumHeads;

    public ModelShape Shape => new(VocabularySize, HiddenSize, NumLayers, NumHeads, NumHeads, HeadDim, NumPositions);

    public static Gpt2Config Read(HfConfig config)
    {
        int hidden = config.GetInt("n_embd", 1, MaxSize, 768), heads = config.GetInt("n_head", 1, MaxHeads, 12), vocabulary = config.GetInt("vocab_size", 1, MaxSize, 50_257);
        if (hidden % heads != 0) throw config.Wrong("n_head", $"It must divide the hidden size, which is {hidden}.");
        if (config.GetBool("add_cross_attention", false)) throw config.Wrong("add_cross_attention", "Only decoders without an encoder can be computed.", "Use another model.");
        return new Gpt2Config
        {
            Source = config,
            VocabularySize = vocabulary,
            HiddenSize = hidden,
            NumLayers = config.GetInt("n_layer", 1, MaxLayers, 12),
            NumHeads = heads,
            IntermediateSize = config.GetIntOrNull("n_inner", 1, MaxSize) ?? 4 * hidden,
            NumPositions = config.GetInt("n_positions", 1, MaxSize, 1024),
            Activation = config.ReadActivation("activation_function", "gelu_new"),
            Eps = config.GetDouble("layer_norm_epsilon", 0, 1, 1e-5),
            TieWordEmbeddings = config.GetBool("tie_word_embeddings", true),
            ScaleScores = config.GetBool("scale_attn_weights", true),
            ScaleByLayer = config.GetBool("scale_attn_by_inverse_layer_idx", false),
            PaddingId = config.GetIntOrNull("pad_token_id", -1, vocabulary - 1) is { } id and >= 0 ? id : null,
        };
    }

    /// <summary>Heads of a layer, with its scale.</summary>
    public AttentionHeads Heads(int layer)
    {
        double scale = ScaleScores ? 1 / Math.Sqrt(HeadDim) : 1;
        return new AttentionHeads(NumHeads, NumHeads, HeadDim) { Scale = ScaleByLayer ? scale / (layer + 1) : scale };
    }
}
