using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Nn;

namespace TuneSharp.Models;

/// <summary>Activations as config.json calls them.</summary>
internal static class ConfigActivations
{
    /// <param name="config">The whole file.</param>
    /// <param name="key">What the family calls the field.</param>
    /// <param name="absent">The value where the file does not have it.</param>
    public static Activation ReadActivation(this HfConfig config, string key, string absent) => config.GetString(key, absent) switch
    {
        "gelu" => Activation.Gelu,
        "gelu_new" or "gelu_pytorch_tanh" => Activation.GeluTanh,
        "relu" => Activation.Relu,
        "silu" or "swish" => Activation.Silu,
        "tanh" => Activation.Tanh,
        _ => throw config.Wrong(key, "The activations that can be computed are gelu, gelu_new, gelu_pytorch_tanh, relu, silu and tanh.", "Use another model."),
    };
}
