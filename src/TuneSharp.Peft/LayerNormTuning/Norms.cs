using TuneSharp.Formats;
using TuneSharp.Nn;
using TuneSharp.Peft.Targets;

namespace TuneSharp.Peft.LayerNormTuning;

/// <summary>The norms of a model: modules whose weight is a vector.</summary>
internal static class Norms
{
    private const string Weight = ".weight";

    /// <summary>Each norm's name with its parameters, in the model's order.</summary>
    public static IReadOnlyDictionary<string, Parameter[]> Of(TunableModel model)
    {
        var norms = new Dictionary<string, Parameter[]>();
        foreach (Parameter parameter in model.Parameters)
        {
            if (parameter.Shape.Count != 1 || !parameter.Name.EndsWith(Weight, StringComparison.Ordinal)) continue;
            string module = parameter.Name[..^Weight.Length];
            norms[module] = [.. model.Parameters.Where(other => other.Name == parameter.Name || other.Name == module + ".bias")];
        }
        return norms;
    }

    /// <summary>Those that the targets name.</summary>
    /// <exception cref="InvalidInputException">A target names no norm; the text lists what there is.</exception>
    public static IReadOnlyList<(string Module, Parameter Parameter)> Resolve(TunableModel model, TargetModules targets)
    {
        IReadOnlyDictionary<string, Parameter[]> norms = Of(model);
        if (norms.Count == 0) throw new InvalidInputException("This model has no norm with weights.", null, "Use lora.");
        return [.. targets.Resolve([.. norms.Keys], null).SelectMany(module => norms[module].Select(parameter => (module, parameter)))];
    }
}
