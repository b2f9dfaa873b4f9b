namespace TuneSharp.Peft.Lora;

/// <summary>PEFT's names of a LoRA adapter's tensors.</summary>
internal static class LoraNames
{
    public const string A = ".lora_A.weight";
    public const string B = ".lora_B.weight";
    public const string BiasOfB = ".lora_B.bias";

    /// <summary>Without .weight at the end, which other releases of PEFT write.</summary>
    public const string Magnitude = ".lora_magnitude_vector";

    public const string EmbeddingA = ".lora_embedding_A";
    public const string EmbeddingB = ".lora_embedding_B";
    public const string TokenRows = ".token_adapter.trainable_tokens_delta";

    /// <summary>The module in the file: PEFT wraps the model twice.</summary>
    public static string Module(string module) => "base_model.model." + module;

    /// <summary>The weight that an adapted module had before.</summary>
    public static string BaseWeight(string module) => Module(module) + ".base_layer.weight";

    /// <summary>An adapted module's bias is that of the layer below the adapter.</summary>
    public static string Bias(string parameter, bool adapted)
    {
        string module = parameter[..^".bias".Length];
        return Module(module) + (adapted ? ".base_layer.bias" : ".bias");
    }
}
