using System.Text.RegularExpressions;

namespace TuneSharp.Training.Optimizers;

/// <summary>
/// Which parameters decay: all but biases and the weights of norms, by the names that Hugging Face's Trainer looks at.
/// LoRA's A and B and embeddings decay.
/// </summary>
public static partial class WeightDecayRule
{
    public static bool Decays(string parameterName) => !Spared().IsMatch(parameterName);

    // `ln_…` is what GPT-2 calls its layer norms; Trainer sees them by their type, not by this name.
    [GeneratedRegex(@"bias|layernorm|rmsnorm|(?:^|\.)norm(?:$|\.)|_norm(?:$|\.)|(?:^|\.)ln_\w+\.", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Spared();
}
