using TuneSharp.Formats.Errors;
using TuneSharp.Formats.Json;

namespace TuneSharp.Formats.ModelConfigs;

/// <summary>
/// The sliding window of each layer in tokens, the token itself included; null = the layer sees everything before it. Where
/// <c>layer_types</c> is given it decides; older files of qwen2 have a window only with <c>use_sliding_window</c>, and then
/// only from layer <c>max_window_layers</c> on.
/// </summary>
internal static class LayerWindows
{
    private const int MaxWindow = 1 << 30;

    public static IReadOnlyList<int?> Read(CheckedFields config, string modelType, int numLayers)
    {
        int? window = config.GetIntOrNull("sliding_window", 1, MaxWindow);
        if (modelType.StartsWith("qwen2", StringComparison.Ordinal) && !config.GetBool("use_sliding_window", false)) window = null;
        if (config.GetStrings("layer_types") is { } types) return ByType(config, types, window, numLayers);
        int first = modelType switch
        {
            _ when window is null => numLayers,
            "mistral" or "mixtral" or "phi3" or "starcoder2" => 0,
            _ when modelType.StartsWith("qwen2", StringComparison.Ordinal) => config.GetInt("max_window_layers", 0, int.MaxValue, 28),
            _ => numLayers,
        };
        return [.. Enumerable.Range(0, numLayers).Select(layer => layer >= first ? window : null)];
    }

    private static IReadOnlyList<int?> ByType(CheckedFields config, IReadOnlyList<string> types, int? window, int numLayers)
    {
        if (types.Count != numLayers)
            throw new InvalidInputException($"layer_types has {types.Count} entries, but num_hidden_layers is {numLayers}.", config.Where, "Take the file from the model's original source.");
        return [.. types.Select<string, int?>(type => type switch
        {
            "full_attention" => null,
            "sliding_attention" => window ?? throw new InvalidInputException("layer_types names sliding_attention, but there is no sliding_window in use.", config.Where, "Set sliding_window (and use_sliding_window), or name full_attention."),
            _ => throw new InvalidInputException($"layer_types names {Quoted.Text(type)}. Only full_attention and sliding_attention can be computed.", config.Where, "Use another model."),
        })];
    }
}
