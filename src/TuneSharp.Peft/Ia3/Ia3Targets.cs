using TuneSharp.Formats;
using TuneSharp.Peft.Targets;

namespace TuneSharp.Peft.Ia3;

/// <summary>Which modules IA3 scales, and where.</summary>
internal static class Ia3Targets
{
    /// <summary>Keys, values and the second half of the MLP, by the names that families give them; the last one is scaled at its input.</summary>
    private static readonly string[][] Published =
    [
        ["k_proj", "v_proj", "down_proj"], ["query_key_value", "dense_4h_to_h"], ["c_attn", "mlp.c_proj"], ["key", "value", "output.dense"], ["k_lin", "v_lin", "lin2"],
    ];

    /// <summary>What stands for <paramref name="asked"/> on a model with these linear modules; with nothing asked, what the paper scales.</summary>
    public static TargetModules Of(IReadOnlyList<string> asked, IReadOnlyList<string> linears)
    {
        if (asked.Count > 0) return TargetModules.FromSetting(asked);
        return Published.FirstOrDefault(names => names.All(name => linears.Any(linear => EndsWithSegments(linear, name)))) is { } known
            ? TargetModules.List(known)
            : throw new InvalidInputException("The modules that IA3 scales are not known for this model.", null, $"Set target_modules and feedforward_modules; it has {string.Join(", ", linears.Select(linear => linear[(linear.LastIndexOf('.') + 1)..]).Distinct())}.");
    }

    /// <summary>The input-scaled ones of the targets when nothing was asked for.</summary>
    public static IReadOnlyList<string> FeedforwardOf(IReadOnlyList<string> asked, IReadOnlyList<string> targets) =>
        asked.Count > 0 ? asked : [.. Published.Select(names => names[^1]).Where(name => targets.Any(target => EndsWithSegments(target, name)))];

    /// <summary>The names of the modules that are scaled.</summary>
    /// <exception cref="InvalidInputException">Nothing fits, or what fits cannot be scaled.</exception>
    public static IReadOnlyList<string> Resolve(TargetModules wanted, IReadOnlyList<string> linears, string? head)
    {
        IReadOnlyList<string> targets = wanted.Resolve(head is null ? linears : [.. linears, head], head);
        return head is null || !targets.Contains(head) ? targets
            : throw new InvalidInputException($"`target_modules` names the output head {head}, which cannot be scaled.", null, "Leave it out; all-linear does so.");
    }

    /// <summary>PEFT compares the ends of names without regard to dots here.</summary>
    public static bool IsFeedforward(string module, IReadOnlyList<string> feedforward) => feedforward.Any(name => module.EndsWith(name, StringComparison.Ordinal));

    private static bool EndsWithSegments(string module, string name) => module == name || module.EndsWith("." + name, StringComparison.Ordinal);
}
