namespace TuneSharp.Peft.Lora;

/// <summary>PEFT's names of a LoRA adapter's tensors.</summary>
internal static class LoraNames
{
    public const string A = ".lora_A.weight";
    public const string B = ".lora_B.weight";

    /// <summary>The module in the file: PEFT wraps the model twice.</summary>
    public static string Module(string module) => "base_model.model." + module;

    /// <summary>An adapted module's bias is that of the layer below the adapter.</summary>
    public static string Bias(string parameter, bool adapted)
    {
        string module = parameter[..^".bias".Length];
        return Module(module) + (adapted ? ".base_layer.bias" : ".bias");
    }
}
