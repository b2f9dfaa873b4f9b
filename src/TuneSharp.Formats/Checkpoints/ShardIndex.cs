using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats.Errors;
using TuneSharp.Formats.Json;

namespace TuneSharp.Formats.Checkpoints;

/// <summary>Reads <c>model.safetensors.index.json</c>: which tensor lies in which shard.</summary>
internal static class ShardIndex
{
    private const long MaxBytes = 256L << 20;

    /// <summary>Tensor name → file name. File names are names: a shard lies in the index's own folder.</summary>
    public static Dictionary<string, string> Read(string indexPath)
    {
        JsonObject index = StrictJson.ReadObject(indexPath, MaxBytes);
        if (index["weight_map"] is not JsonObject entries)
            throw new InvalidInputException("weight_map must be an object that names a file for each tensor.", indexPath, "Download the index again.");
        if (entries.Count == 0) throw new InvalidInputException("weight_map is empty: no tensor is listed.", indexPath, "Download the index again.");
        var weightMap = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string tensor, JsonNode? node) in entries)
        {
            if (node?.GetValueKind() != JsonValueKind.String)
                throw new InvalidInputException($"weight_map names no file for the tensor {Quoted.Text(tensor)}.", indexPath, "Download the index again.");
            string file = node.GetValue<string>();
            CheckFileName(file, indexPath);
            weightMap.Add(tensor, file);
        }
        return weightMap;
    }

    private static void CheckFileName(string file, string indexPath)
    {
        bool plain = file.Length > 0 && file.AsSpan().IndexOfAny("/\\:") < 0 && file is not ("." or "..") && !file.AsSpan().ContainsAnyInRange('\0', '\u001f');
        if (!plain)
            throw new InvalidInputException($"weight_map names {Quoted.Text(file)}: a shard must be a file in the model's own folder, without '/', '\\' or a drive.", indexPath, "Do not use this model unless you trust its source.");
        if (!file.EndsWith(".safetensors", StringComparison.Ordinal))
            throw new InvalidInputException($"weight_map names {Quoted.Text(file)}, which is no .safetensors file.", indexPath, "Convert the model to safetensors.");
    }
}
