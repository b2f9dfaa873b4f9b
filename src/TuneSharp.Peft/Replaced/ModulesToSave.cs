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
        // What else of a head starts from random numbers, as BERT's pooler may, is trained too.
        IEnumerable<string> others = model.TaskHeads.Where(head => !Heads.Any(name => IsIn(head.Weight, name))).Select(head => head.Name);
        IReadOnlyList<string> names = [.. asked ?? [], .. IsClassifier(model) ? Heads : [], .. others];
        return names.Count == 0 ? null : [.. names.Distinct()];
    }

    /// <summary>The parameters of all modules whose name ends with one of the names, as PEFT compares them (`norm` fits every input_layernorm), and of all below them.</summary>
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

    /// <summary>A parameter of a classifier's head.</summary>
    public static bool IsHead(Parameter parameter, TunableModel model) => model.TaskHeads.Any(head => head.Weight == parameter || head.Bias == parameter);

    private static bool IsClassifier(TunableModel model) => model.TaskType is "SEQ_CLS" or "TOKEN_CLS";

    /// <summary>A parameter is in one of the modules.</summary>
    public static bool Cover(IReadOnlyList<string>? names, Parameter parameter) => names?.Any(name => IsIn(parameter, name)) == true;

    /// <summary>a.b.c.weight is in the modules a, a.b and a.b.c.</summary>
    private static bool IsIn(Parameter parameter, string module)
    {
        for (int dot = parameter.Name.IndexOf('.'); dot >= 0; dot = parameter.Name.IndexOf('.', dot + 1))
            if (parameter.Name.AsSpan(0, dot).EndsWith(module, StringComparison.Ordinal)) return true;
        return false;
    }

    private static IEnumerable<string> KindsOf(TunableModel model) => model.Parameters.Select(parameter => parameter.Name.Split('.')).Where(parts => parts.Length > 1).Select(parts => parts[^2]).Distinct();
}
