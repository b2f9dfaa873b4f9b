using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Formats.Json;
using TuneSharp.Nn;
using TuneSharp.Peft.AdapterFiles;

namespace TuneSharp.Peft.Prompts;

/// <summary>The sizes that the config of every prompt-learning method holds. PEFT fills them from the model; here they are checked against it.</summary>
/// <param name="NumVirtualTokens">n.</param>
/// <param name="TokenDim">Width of what is learned for a token: D of an embedding, keys of a layer for a prefix.</param>
/// <param name="NumAttentionHeads">Heads that share that width.</param>
/// <param name="NumLayers">Blocks of the model.</param>
internal sealed record PromptSizes(int NumVirtualTokens, int TokenDim, int NumAttentionHeads, int NumLayers)
{
    /// <summary>Longest prompt that a file may ask for.</summary>
    public const int Limit = 1 << 16;

    private const string TokenDimKey = "token_dim", HeadsKey = "num_attention_heads", LayersKey = "num_layers";

    /// <summary>The keys in a file.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["num_virtual_tokens", TokenDimKey, HeadsKey, LayersKey, "num_transformer_submodules"];

    /// <summary>Of embeddings in front of a model's rows.</summary>
    public static PromptSizes OfEmbeddings(TunableModel model, int numVirtualTokens)
    {
        ModelShape shape = ShapeOf(model);
        return new PromptSizes(numVirtualTokens, shape.HiddenSize, shape.NumHeads, shape.NumLayers);
    }

    /// <summary>Of keys and values in front of every layer's.</summary>
    public static PromptSizes OfPrefix(TunableModel model, int numVirtualTokens)
    {
        ModelShape shape = ShapeOf(model);
        return new PromptSizes(numVirtualTokens, shape.HeadDim * shape.NumKeyValueHeads, shape.NumKeyValueHeads, shape.NumLayers);
    }

    /// <param name="fields">adapter_config.json.</param>
    /// <param name="sizesOf">What such an adapter has on the model that it is put on.</param>
    /// <exception cref="InvalidInputException">The file says other sizes than the model has.</exception>
    public static PromptSizes Read(CheckedFields fields, Func<int, PromptSizes> sizesOf)
    {
        PromptSizes sizes = sizesOf(fields.GetInt("num_virtual_tokens", 1, Limit));
        Require(fields, TokenDimKey, sizes.TokenDim);
        Require(fields, HeadsKey, sizes.NumAttentionHeads);
        Require(fields, LayersKey, sizes.NumLayers);
        if (fields.GetInt("num_transformer_submodules", 1, 2, 1) != 1) throw fields.Wrong("num_transformer_submodules", "Only models of one stack of blocks can be used.");
        return sizes;
    }

    public IEnumerable<(string Key, JsonNode? Value)> ToJson() =>
    [
        ("num_virtual_tokens", NumVirtualTokens), (TokenDimKey, TokenDim), (HeadsKey, NumAttentionHeads), (LayersKey, NumLayers), ("num_transformer_submodules", 1),
    ];

    private static void Require(CheckedFields fields, string key, int expected)
    {
        if (fields.GetIntOrNull(key, 0, int.MaxValue) is not { } found || found == expected) return;
        throw fields.Wrong(key, $"This model has {expected}.", $"The adapter was made for {fields.GetString("base_model_name_or_path") ?? "another model"}; give that one as the base.");
    }

    private static ModelShape ShapeOf(TunableModel model) => model.Shape ?? throw new ArgumentException("The model does not say how large it is.", nameof(model));
}
