using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Nn;

namespace TuneSharp.Models.Bert;

/// <summary>What the computation needs of config.json, for BERT and its relatives.</summary>
public sealed record BertConfig
{
    private const int MaxSize = 1 << 24, MaxLayers = 4096, MaxHeads = 65_536;

    public required HfConfig Source { get; init; }

    public required BertNames Names { get; init; }

    public required int VocabularySize { get; init; }

    /// <summary>Width of the embeddings; where it is not <see cref="HiddenSize"/> a projection follows them.</summary>
    public required int EmbeddingSize { get; init; }

    public required int HiddenSize { get; init; }

    public required int NumLayers { get; init; }

    public required int NumHeads { get; init; }

    public required int IntermediateSize { get; init; }

    public required Activation Activation { get; init; }

    /// <summary>Rows of the table of positions.</summary>
    public required int NumPositions { get; init; }

    /// <summary>Rows of the table of token types; 0: the family has none and does not look at them.</summary>
    public int NumTokenTypes { get; init; }

    /// <summary>Of the layer norms.</summary>
    public required double Eps { get; init; }

    /// <summary>The word embedding's row of this id gets no gradient.</summary>
    public int? PaddingId { get; init; }

    /// <summary>
    /// RoBERTa: positions count the tokens that are not padding, from <see cref="PaddingId"/> + 1 on; padding has the position
    /// <see cref="PaddingId"/>, whose row gets no gradient.
    /// </summary>
    public bool PositionsFromIds { get; init; }

    /// <summary>Deviation of a random start.</summary>
    public double InitializerRange { get; init; } = 0.02;

    public AttentionHeads Heads => new(NumHeads, NumHeads, HiddenSize / NumHeads) { Causal = false };

    /// <summary>Longest row in tokens.</summary>
    public int MaxPositions => PositionsFromIds ? NumPositions - (PaddingId ?? 0) - 1 : NumPositions;

    public ModelShape Shape => new(VocabularySize, HiddenSize, NumLayers, NumHeads, NumHeads, HiddenSize / NumHeads, MaxPositions);

    /// <summary>The fields as BERT, RoBERTa and ELECTRA call them.</summary>
    /// <param name="config">The whole file.</param>
    /// <param name="names">Of the modules.</param>
    /// <param name="paddingId">What pad_token_id is where the file does not have the field; a null there means none.</param>
    public static BertConfig Read(HfConfig config, BertNames names, int paddingId = 0)
    {
        int hidden = config.GetInt("hidden_size", 1, MaxSize), vocabulary = config.GetInt("vocab_size", 1, MaxSize);
        if (config.GetBool("is_decoder", false)) throw config.Wrong("is_decoder", "Only the encoder can be computed.", "Use another model.");
        if (config.GetString("position_embedding_type", "absolute") != "absolute")
            throw config.Wrong("position_embedding_type", "Only absolute positions can be computed.", "Use another model.");
        return new BertConfig
        {
            Source = config,
            Names = names,
            VocabularySize = vocabulary,
            EmbeddingSize = hidden,
            HiddenSize = hidden,
            NumLayers = config.GetInt("num_hidden_layers", 1, MaxLayers),
            NumHeads = ReadHeads(config, "num_attention_heads", hidden),
            IntermediateSize = config.GetInt("intermediate_size", 1, MaxSize),
            Activation = config.ReadActivation("hidden_act", "gelu"),
            NumPositions = config.GetInt("max_position_embeddings", 1, MaxSize, 512),
            NumTokenTypes = config.GetInt("type_vocab_size", 1, MaxSize, 2),
            Eps = config.GetDouble("layer_norm_eps", 0, 1, 1e-12),
            PaddingId = ReadPadding(config, vocabulary, paddingId),
            InitializerRange = config.GetDouble("initializer_range", 0, 10, 0.02),
        };
    }

    /// <summary>The fields as DistilBERT calls them.</summary>
    /// <param name="config">The whole file.</param>
    /// <param name="names">Of the modules.</param>
    public static BertConfig ReadDistilled(HfConfig config, BertNames names)
    {
        int hidden = config.GetInt("dim", 1, MaxSize, 768), vocabulary = config.GetInt("vocab_size", 1, MaxSize);
        return new BertConfig
        {
            Source = config,
            Names = names,
            VocabularySize = vocabulary,
            EmbeddingSize = hidden,
            HiddenSize = hidden,
            NumLayers = config.GetInt("n_layers", 1, MaxLayers, 6),
            NumHeads = ReadHeads(config, "n_heads", hidden),
            IntermediateSize = config.GetInt("hidden_dim", 1, MaxSize, 3072),
            Activation = config.ReadActivation("activation", "gelu"),
            NumPositions = config.GetInt("max_position_embeddings", 1, MaxSize, 512),
            Eps = 1e-12, // fixed in the library's code
            PaddingId = ReadPadding(config, vocabulary, 0),
            InitializerRange = config.GetDouble("initializer_range", 0, 10, 0.02),
        };
    }

    private static int ReadHeads(HfConfig config, string key, int hidden)
    {
        int heads = config.GetInt(key, 1, MaxHeads, 12);
        return hidden % heads == 0 ? heads : throw config.Wrong(key, $"It must divide the hidden size, which is {hidden}.");
    }

    private static int? ReadPadding(HfConfig config, int vocabulary, int absent) =>
        config.Json.ContainsKey("pad_token_id") ? config.GetIntOrNull("pad_token_id", 0, vocabulary - 1) : Math.Min(absent, vocabulary - 1);
}
