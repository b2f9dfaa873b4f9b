using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using TuneSharp.Formats.Safetensors;

namespace TuneSharp.Golden.Topics.Training.Peft;

/// <summary>PEFT's files as they are compared: names without the adapter's, lists that come from sets without order.</summary>
internal static class PeftRecords
{
    private static readonly string[] s_sets = ["target_modules", "exclude_modules", "feedforward_modules"];

    /// <summary>The name in the adapter's file of what a recorded gradient belongs to.</summary>
    public static string Plain(string name) => name.Replace(".modules_to_save.default", "").Replace(".default", "").Replace("lora_magnitude_vector.weight", "lora_magnitude_vector");

    /// <summary>Lists that PEFT makes from sets have no order.</summary>
    public static bool SameConfig(JsonObject a, JsonObject b)
    {
        static JsonNode Sorted(JsonObject config)
        {
            JsonNode copy = config.DeepClone();
            foreach (string key in s_sets)
                if (copy[key] is JsonArray list) copy[key] = new JsonArray([.. list.Select(item => item!.GetValue<string>()).Order(StringComparer.Ordinal).Select(item => (JsonNode)item)]);
            return copy;
        }

        return JsonNode.DeepEquals(Sorted(a), Sorted(b));
    }

    public static string[] Layout(IEnumerable<TensorToWrite> tensors) => [.. tensors.Select(tensor => $"{tensor.Name} [{string.Join(",", tensor.Shape)}]").Order(StringComparer.Ordinal)];

    public static string[] Layout(SafetensorsFile file) => [.. file.Tensors.Values.Select(tensor => $"{tensor.Name} [{string.Join(",", tensor.Shape)}]").Order(StringComparer.Ordinal)];

    public static float[] Floats(TensorToWrite tensor)
    {
        using var bytes = new MemoryStream();
        tensor.WriteBytes(bytes);
        return MemoryMarshal.Cast<byte, float>(bytes.ToArray()).ToArray();
    }
}
