using TuneSharp.Formats;
using TuneSharp.Nn;

namespace TuneSharp.Peft.Replaced;

/// <summary>
/// PEFT's modules_to_save: modules of the base that are trained and stored as a whole beside an adapter. A classifier's head is
/// always among them.
/// </summary>
internal static class ModulesToSave
{
    /// <summary>What PEFT names for every classifier; a model has one of them.</summary>
    public static IReadOnlyList<string> Heads { get; } = ["classifier", "score"];

    /// <summary>What a new adapter on a model saves: <paramref name="asked"/>, and its head if it is a classifier.</summary>
    /// <returns>Null: nothing.</returns>
    public static IReadOnlyList<string>? For(TunableModel model, IReadOnlyList<string>? asked)
    {
        IReadOnlyList<string> names = [.. asked ?? [], .. IsClassifier(model) ? Heads : []];
        return names.Count == 0 ? null : [.. names.Distinct()];
    }

    /// <summary>The parameters of all modules that bear one of the names or end with a dot and it, and of all below them.</summary>
    /// <param name="names">As in the config; null: none.</param>
    /// <param name="prefix">Before a parameter's name in the adapter's file.</param>
    /// <exception cref="InvalidInputException">A name fits no module; the text lists what there is.</exception>
    public static IReadOnlyList<ReplacedParameter> Of(TunableModel model, IReadOnlyList<string>? names, string prefix)
    {
        if (names is null) return [];
        string[] wanted = [.. names.Distinct()];
        foreach (string name in wanted)
        {
            if (Heads.Contains(name) || model.Parameters.Any(parameter => IsIn(parameter, name))) continue;
            throw new InvalidInputException($"`{name}` of modules_to_save is no module of this model.", null, $"It has {string.Join(", ", KindsOf(model))}.");
        }
        return [.. model.Parameters.Where(parameter => wanted.Any(name => IsIn(parameter, name))).Select(parameter => new ReplacedParameter(parameter, prefix + parameter.Name))];
    }

    private static bool IsClassifier(TunableModel model) => model.TaskType is "SEQ_CLS" or "TOKEN_CLS";

    /// <summary>a.b.c.weight is in the modules c, b.c, b, a, …</summary>
    private static bool IsIn(Parameter parameter, string module) => ("." + parameter.Name).Contains($".{module}.", StringComparison.Ordinal);

    private static IEnumerable<string> KindsOf(TunableModel model) => model.Parameters.Select(parameter => parameter.Name.Split('.')).Where(parts => parts.Length > 1).Select(parts => parts[^2]).Distinct();
}
