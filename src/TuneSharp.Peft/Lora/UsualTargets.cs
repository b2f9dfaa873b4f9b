using TuneSharp.Formats;

namespace TuneSharp.Peft.Lora;

/// <summary>What LoRA adapts where nobody says it: queries and values, as the paper does and PEFT after it, under the names that families give them.</summary>
internal static class UsualTargets
{
    private static readonly string[][] s_byFamily =
    [
        ["q_proj", "v_proj"],   // llama, qwen2, mistral, gemma, phi, …
        ["query_key_value"],    // chatglm, bloom, falcon, gpt_neox: one matrix for all three
        ["c_attn"],             // gpt2
        ["query", "value"],     // bert, roberta, electra
        ["q_lin", "v_lin"],     // distilbert
    ];

    /// <summary>The names of most decoders: for what is checked without a model.</summary>
    public static IReadOnlyList<string> OfMost => s_byFamily[0];

    /// <param name="linears">Names of the model's linear modules.</param>
    /// <exception cref="InvalidInputException">The model has none of the known names.</exception>
    public static IReadOnlyList<string> Of(IReadOnlyCollection<string> linears)
    {
        HashSet<string> found = [.. linears.Select(LastSegment)];
        return s_byFamily.FirstOrDefault(names => names.All(found.Contains)) ?? throw new InvalidInputException(
            "The modules that LoRA usually adapts are not known for this model.", null, $"Set target_modules to some of {string.Join(", ", found.Order(StringComparer.Ordinal))}, or to all-linear.");
    }

    private static string LastSegment(string module) => module[(module.LastIndexOf('.') + 1)..];
}
