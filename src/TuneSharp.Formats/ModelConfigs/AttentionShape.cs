using TuneSharp.Formats.Json;

namespace TuneSharp.Formats.ModelConfigs;

/// <summary>Sizes of multi-head attention, checked against each other.</summary>
/// <param name="HiddenSize">Width of the residual stream.</param>
/// <param name="NumHeads">Query heads.</param>
/// <param name="NumKeyValueHeads">Key and value heads; divides <paramref name="NumHeads"/>.</param>
/// <param name="HeadDim">Width of one head; the file's <c>head_dim</c>, or hidden size / heads where it is null.</param>
public sealed record AttentionShape(int HiddenSize, int NumHeads, int NumKeyValueHeads, int HeadDim)
{
    private const int MaxHeads = 65_536;

    internal static AttentionShape Read(CheckedFields config)
    {
        int hidden = config.GetInt("hidden_size", 1, 1 << 24);
        int heads = config.GetInt("num_attention_heads", 1, MaxHeads);
        int keyValueHeads = config.GetInt("num_key_value_heads", 1, MaxHeads, heads);
        int? headDim = config.GetIntOrNull("head_dim", 1, 1 << 20);
        if (headDim is null && hidden % heads != 0)
            throw config.Wrong("num_attention_heads", $"It must divide hidden_size, which is {hidden}, where there is no head_dim.");
        if (heads % keyValueHeads != 0)
            throw config.Wrong("num_key_value_heads", $"It must divide num_attention_heads, which is {heads}.");
        return new AttentionShape(hidden, heads, keyValueHeads, headDim ?? hidden / heads);
    }
}
