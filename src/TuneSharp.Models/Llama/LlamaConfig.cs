using TuneSharp.Formats.Errors;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Nn;

namespace TuneSharp.Models.Llama;

/// <summary>What the computation needs of config.json, for Llama and its relatives.</summary>
public sealed record LlamaConfig
{
    private const int MaxSize = 1 << 24, MaxLayers = 4096;

    public required HfConfig Source { get; init; }

    public required int VocabularySize { get; init; }

    public required int IntermediateSize { get; init; }

    public required Activation Activation { get; init; }

    public required int NumLayers { get; init; }

    public required AttentionShape Attention { get; init; }

    public required double RmsNormEps { get; init; }

    public required RopeParameters Rope { get; init; }

    /// <summary>Window of each layer in tokens; null: none.</summary>
    public required IReadOnlyList<int?> Windows { get; init; }

    public required bool TieWordEmbeddings { get; init; }

    /// <summary>The embedding's row of this id gets no gradient.</summary>
    public int? PaddingId { get; init; }

    /// <summary>Biases of q, k, v; of o; of the MLP.</summary>
    public bool QueryKeyValueBias { get; init; }

    public bool OutputBias { get; init; }

    public bool MlpBias { get; init; }

    public ModelShape Shape => new(VocabularySize, Attention.HiddenSize, NumLayers, Attention.NumHeads, Attention.NumKeyValueHeads, Attention.HeadDim, Rope.MaxPositions);

    /// <summary>The fields that the relatives have in common.</summary>
    public static LlamaConfig Read(HfConfig config)
    {
        int layers = config.GetInt("num_hidden_layers", 1, MaxLayers);
        int vocabulary = config.GetInt("vocab_size", 1, MaxSize);
        return new LlamaConfig
        {
            Source = config,
            VocabularySize = vocabulary,
            Activation = config.ReadActivation("hidden_act", "silu"),
            IntermediateSize = config.GetInt("intermediate_size", 1, MaxSize),
            NumLayers = layers,
            Attention = config.Attention,
            RmsNormEps = config.GetDouble("rms_norm_eps", 0, 1, 1e-6),
            Rope = config.Rope,
            Windows = config.SlidingWindows(layers),
            TieWordEmbeddings = config.GetBool("tie_word_embeddings", false),
            PaddingId = config.GetIntOrNull("pad_token_id", -1, vocabulary - 1) is { } id and >= 0 ? id : null,
        };
    }
}
