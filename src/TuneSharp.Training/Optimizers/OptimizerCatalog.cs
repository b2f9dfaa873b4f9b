using System.Globalization;
using TuneSharp.Formats;
using TuneSharp.Nn;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Optimizers;

/// <summary>All optimizers. Adding one is a rule and an entry in <see cref="OptimizerEntries"/>.</summary>
public static class OptimizerCatalog
{
    public const string Default = "adamw_torch";

    /// <summary>Names that Hugging Face's Trainer knows and this program does not.</summary>
    private static readonly HashSet<string> Unsupported =
    [
        "adamw_torch_xla", "adamw_torch_npu_fused", "adamw_apex_fused", "adamw_anyprecision", "adamw_torch_4bit", "adamw_torch_8bit", "ademamix", "ademamix_8bit",
        "paged_ademamix_32bit", "paged_ademamix_8bit", "galore_adamw", "galore_adamw_8bit", "galore_adafactor", "galore_adamw_layerwise", "galore_adamw_8bit_layerwise",
        "galore_adafactor_layerwise", "lomo", "adalomo", "grokadamw", "schedule_free_radam", "schedule_free_adamw", "schedule_free_sgd", "apollo_adamw", "apollo_adamw_layerwise", "stable_adamw",
    ];

    public static IReadOnlyList<string> Names { get; } = [.. OptimizerEntries.All.Select(entry => entry.Name)];

    /// <param name="settings">Name, arguments, decay.</param>
    /// <param name="trained">What is trained.</param>
    /// <exception cref="InvalidInputException">As <see cref="Rule(TrainingSettings)"/>.</exception>
    public static IOptimizer Create(TrainingSettings settings, IReadOnlyList<Parameter> trained) =>
        new Optimizer(Find(settings.Optim).Name, Rule(settings), ParameterGroups.Of(trained, settings));

    /// <exception cref="InvalidInputException">Unknown name or argument, an argument out of its range, or a setting of Adam's that this optimizer does not use.</exception>
    public static IUpdateRule Rule(TrainingSettings settings)
    {
        OptimizerEntry entry = Find(settings.Optim);
        var defaults = new TrainingSettings();
        RefuseUnused(entry, AdamSettings.Betas, "adam_beta1", settings.AdamBeta1, defaults.AdamBeta1);
        RefuseUnused(entry, AdamSettings.Betas, "adam_beta2", settings.AdamBeta2, defaults.AdamBeta2);
        RefuseUnused(entry, AdamSettings.Epsilon, "adam_epsilon", settings.AdamEpsilon, defaults.AdamEpsilon);
        return Build(entry, (settings.AdamBeta1, settings.AdamBeta2, settings.AdamEpsilon), OptimizerArguments.Parse(settings.OptimArgs));
    }

    /// <summary>A rule with Adam's usual settings and arguments by name.</summary>
    /// <exception cref="InvalidInputException">Unknown name or argument, or an argument out of its range.</exception>
    public static IUpdateRule Rule(string name, IReadOnlyDictionary<string, string> arguments) => Build(Find(name), (0.9, 0.999, 1e-8), arguments);

    /// <summary>Bytes that an optimizer remembers for parameters of these shapes, masters of 16-bit weights not included.</summary>
    public static long StateBytes(IUpdateRule rule, IEnumerable<IReadOnlyList<long>> shapes) => shapes.Sum(shape => rule.States(shape).Sum(state => state.Bytes));

    private static IUpdateRule Build(OptimizerEntry entry, (double, double, double) adam, IReadOnlyDictionary<string, string> values)
    {
        var arguments = new OptimizerArguments(entry.Name, adam, values);
        IUpdateRule rule = entry.Build(arguments);
        arguments.RefuseUnread();
        return rule;
    }

    private static OptimizerEntry Find(string name)
    {
        if (OptimizerEntries.All.FirstOrDefault(entry => entry.Name == name || entry.Aliases.Contains(name)) is { } found) return found;
        throw new InvalidInputException(Unsupported.Contains(name) ? $"The optimizer `{name}` is known, but this program does not have it." : $"There is no optimizer `{name}`.",
            "optim", $"Choose one of {string.Join(", ", Names)}.");
    }

    private static void RefuseUnused(OptimizerEntry entry, AdamSettings setting, string key, double value, double fallback)
    {
        if (value == fallback || entry.Uses.HasFlag(setting)) return;
        throw new InvalidInputException($"The optimizer {entry.Name} does not use `{key}`, which is {value.ToString(CultureInfo.InvariantCulture)}.", null, $"Remove {key}, or choose an optimizer that uses it.");
    }
}
