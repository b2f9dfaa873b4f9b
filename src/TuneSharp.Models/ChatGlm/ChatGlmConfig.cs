using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Nn;

namespace TuneSharp.Models.ChatGlm;

/// <summary>What the computation needs of config.json, in the spelling of the original files.</summary>
public sealed record ChatGlmConfig
{
    private const int MaxSize = 1 << 24, MaxLayers = 4096, MaxHeads = 65_536, MaxLength = 1 << 30;
    private const double MaxRatio = 1e9, Theta = 10_000;

    public required HfConfig Source { get; init; }

    public required int VocabularySize { get; init; }

    public required int HiddenSize { get; init; }

    public required int NumLayers { get; init; }

    public required AttentionHeads Heads { get; init; }

    public required int IntermediateSize { get; init; }

    /// <summary>Longest row that the model was trained on.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>Of the RMS norms.</summary>
    public required double Eps { get; init; }

    /// <summary>The rotary base is 10,000 times as large: longer rows.</summary>
    public required double RopeRatio { get; init; }

    /// <summary>A norm stands behind the last block.</summary>
    public required bool FinalNorm { get; init; }

    public required bool TieWordEmbeddings { get; init; }

    /// <summary>Biases of the fused query, key and value; of all other linears.</summary>
    public required bool QueryKeyValueBias { get; init; }

    public required bool LinearBias { get; init; }

    /// <summary>Width of the fused queries, keys and values.</summary>
    public int FusedWidth => (Heads.NumHeads + 2 * Heads.NumKeyValueHeads) * Heads.HeadDim;

    public ModelShape Shape => new(VocabularySize, HiddenSize, NumLayers, Heads.NumHeads, Heads.NumKeyValueHeads, Heads.HeadDim, MaxPositions);

    public static ChatGlmConfig Read(HfConfig config)
    {
        Refuse(config);
        int hidden = config.GetInt("hidden_size", 1, MaxSize), heads = config.GetInt("num_attention_heads", 1, MaxHeads);
        int headDim = config.GetIntOrNull("kv_channels", 1, MaxSize) ?? Math.Max(1, hidden / heads), groups = config.GetInt("multi_query_group_num", 1, MaxHeads);
        if (heads % groups != 0) throw config.Wrong("multi_query_group_num", $"It must divide num_attention_heads, which is {heads}.");
        if (headDim % 4 != 0) throw config.Wrong("kv_channels", $"Heads are {headDim} wide; half a head is rotated in pairs, so the width must be a multiple of 4.");
        bool biases = config.GetBool("add_bias_linear", false);
        return new ChatGlmConfig
        {
            Source = config,
            VocabularySize = config.GetInt("padded_vocab_size", 1, MaxSize),
            HiddenSize = hidden,
            NumLayers = config.GetInt("num_layers", 1, MaxLayers),
            Heads = new AttentionHeads(heads, groups, headDim),
            IntermediateSize = config.GetInt("ffn_hidden_size", 1, MaxSize),
            MaxPositions = config.GetInt("seq_length", 1, MaxLength),
            Eps = config.GetDouble("layernorm_epsilon", 0, 1, 1e-5),
            RopeRatio = config.GetDouble("rope_ratio", 1 / MaxRatio, MaxRatio, 1),
            FinalNorm = config.GetBool("post_layer_norm", true),
            TieWordEmbeddings = config.GetBool("tie_word_embeddings", false),
            QueryKeyValueBias = biases || config.GetBool("add_qkv_bias", false),
            LinearBias = biases,
        };
    }

    /// <summary>Rotates neighbouring pairs of the first half of every head.</summary>
    public RotaryEmbedding CreateRotary() => new(Heads.HeadDim / 2, Theta * RopeRatio, new RotaryScaling.None(), MaxPositions, RotaryLayout.Pairs);

    /// <summary>Variants that the original code has and no known model of the second generation on uses.</summary>
    private static void Refuse(HfConfig config)
    {
        const string Other = "Use ChatGLM2, ChatGLM3 or GLM-4 in their original layout.";
        if (config.Has("position_encoding_2d")) throw config.Wrong("position_encoding_2d", "The first ChatGLM cannot be computed.", Other);
        if (!config.GetBool("multi_query_attention", false)) throw config.Wrong("multi_query_attention", "Only grouped queries can be computed.", Other);
        if (!config.GetBool("rmsnorm", true)) throw config.Wrong("rmsnorm", "Only RMS norms can be computed.", Other);
        if (config.GetBool("apply_residual_connection_post_layernorm", false)) throw config.Wrong("apply_residual_connection_post_layernorm", "Only residuals from before the norm can be computed.", Other);
        if (config.GetIntOrNull("pre_seq_len", 0, MaxLength) is > 0) throw config.Wrong("pre_seq_len", "A prefix within the checkpoint cannot be used.", "Remove the key and the tensors of transformer.prefix_encoder, or train a prefix with the method prefix_tuning.");
        if (config.GetIntOrNull("quantization_bit", 0, 32) is > 0) throw config.Wrong("quantization_bit", "Weights quantised by the model's own code cannot be read.", "Use the model's version with float16 or bfloat16 weights.");
    }
}
