// t = completed optimizer steps, w = warm-up steps, T = all optimizer steps, p = (t - w) / max(1, T - w)
using TuneSharp.Formats;

namespace TuneSharp.Training.Schedules;

/// <param name="Name">The key in `lr_scheduler_type`.</param>
/// <param name="Description">One line for help and documentation.</param>
/// <param name="Build">Reads the arguments, checks them and returns the factor as a function of t.</param>
/// <param name="Follow">In its place for a rate that follows a metric.</param>
internal sealed record ScheduleEntry(string Name, string Description, Func<ScheduleArguments, Func<int, double>>? Build, Func<ScheduleArguments, MetricRate>? Follow = null);

/// <summary>All learning-rate schedules. Adding one is an entry here.</summary>
public static class ScheduleCatalog
{
    internal static readonly IReadOnlyList<ScheduleEntry> Entries =
    [
        new("linear", "Falls in a straight line to 0.", Linear),
        new("cosine", "Falls along half a cosine to 0 (num_cycles 0.5).", a => Cosine(a, 0)),
        new("cosine_with_restarts", "Cosine that starts again num_cycles times (1).", CosineWithRestarts),
        new("polynomial", "Falls as (1 - p)^power (1) to lr_end (1e-7).", Polynomial),
        new("constant", "Stays at learning_rate; ignores warm-up.", _ => _ => 1),
        new("constant_with_warmup", "Stays at learning_rate after warm-up.", a => Warmed(a, _ => 1)),
        new("inverse_sqrt", "Falls as 1 / sqrt(t); timescale is the warm-up, or 10000 without one.", InverseSqrt),
        new("cosine_with_min_lr", "Cosine that ends at min_lr, or at min_lr_rate times learning_rate.", a => Cosine(a, MinimumRate(a))),
        new("cosine_warmup_with_min_lr", "The same, with a warm-up that starts above 0 (warmup_lr_rate).", CosineWarmupWithMinimum),
        new("warmup_stable_decay", "Warm-up, a plateau, then num_decay_steps of decay to min_lr_ratio (0).", WarmupStableDecay),
        new("reduce_lr_on_plateau", "Falls by factor (0.1) when the validation loss has not become lower for patience (10) evaluations; no warm-up.", null, a => new PlateauRate(a)),
        new("greedy", "Rises while the validation loss falls and falls while it does not, by factor (0.95), between min_lr (0.001) and max_lr (1); no warm-up.", null, a => new GreedyRate(a)),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. Entries.Select(entry => entry.Name)];

    internal static ScheduleEntry Find(string name) => Entries.FirstOrDefault(entry => entry.Name == name)
        ?? throw new InvalidInputException($"There is no learning-rate schedule `{name}`.", "lr_scheduler_type", $"Choose one of {string.Join(", ", Names)}.");

    private static Func<int, double> Warmed(ScheduleArguments a, Func<int, double> after) =>
        t => t < a.WarmupSteps ? t / (double)Math.Max(1, a.WarmupSteps) : after(t);

    private static double Progress(ScheduleArguments a, int t) => (t - a.WarmupSteps) / (double)Math.Max(1, a.TotalSteps - a.WarmupSteps);

    private static Func<int, double> Linear(ScheduleArguments a) =>
        Warmed(a, t => Math.Max(0, (a.TotalSteps - t) / (double)Math.Max(1, a.TotalSteps - a.WarmupSteps)));

    private static Func<int, double> Cosine(ScheduleArguments a, double minimum)
    {
        double cycles = a.Number("num_cycles", 0.5);
        return Warmed(a, t => Math.Max(0, 0.5 * (1 + Math.Cos(Math.PI * cycles * 2 * Progress(a, t))) * (1 - minimum) + minimum));
    }

    private static Func<int, double> CosineWithRestarts(ScheduleArguments a)
    {
        double cycles = a.Number("num_cycles", 1);
        return Warmed(a, t => Progress(a, t) is var p && p >= 1 ? 0 : Math.Max(0, 0.5 * (1 + Math.Cos(Math.PI * (cycles * p % 1)))));
    }

    private static Func<int, double> Polynomial(ScheduleArguments a)
    {
        double end = a.Number("lr_end", 1e-7), power = a.Number("power", 1);
        if (end < 0 || end >= a.Peak) throw a.Wrong("lr_end", $"is {end}; it must be at least 0 and below learning_rate, which is {a.Peak}");
        if (a.TotalSteps == a.WarmupSteps)
            throw new InvalidInputException($"The learning-rate schedule polynomial has no step left to fall in: all {a.TotalSteps} steps are warm-up.", "warmup_steps", "Set fewer warmup_steps or train for more steps.");
        return Warmed(a, t => t > a.TotalSteps
            ? end / a.Peak
            : ((a.Peak - end) * Math.Pow(1 - (t - a.WarmupSteps) / (double)(a.TotalSteps - a.WarmupSteps), power) + end) / a.Peak);
    }

    private static Func<int, double> InverseSqrt(ScheduleArguments a)
    {
        double timescale = a.Number("timescale") ?? (a.WarmupSteps > 0 ? a.WarmupSteps : 10_000);
        if (timescale <= 0) throw a.Wrong("timescale", $"is {timescale}; it must be above 0");
        double shift = timescale - a.WarmupSteps;
        return Warmed(a, t => 1 / Math.Sqrt((t + shift) / timescale));
    }

    private static double MinimumRate(ScheduleArguments a)
    {
        double? rate = a.Number("min_lr"), share = a.Number("min_lr_rate");
        if (rate is null == share is null) throw a.Wrong("min_lr", "or `min_lr_rate` must be given, and only one of them");
        double minimum = share ?? rate!.Value / a.Peak;
        if (minimum is < 0 or > 1) throw a.Wrong(share is null ? "min_lr" : "min_lr_rate", "is outside 0 … learning_rate");
        return minimum;
    }

    private static Func<int, double> CosineWarmupWithMinimum(ScheduleArguments a)
    {
        double cycles = a.Number("num_cycles", 0.5), minimum = MinimumRate(a);
        double? start = a.Number("warmup_lr_rate");
        int w = a.WarmupSteps;
        return t =>
        {
            if (t < w) return start is { } r ? r + (1 - r) * t / Math.Max(1, w - 1) : (t + 1) / (double)Math.Max(1, w);
            double p = (t - w + 1) / (double)Math.Max(1, a.TotalSteps - w);
            return Math.Max(0, 0.5 * (1 + Math.Cos(Math.PI * cycles * 2 * p)) * (1 - minimum) + minimum);
        };
    }

    private static Func<int, double> WarmupStableDecay(ScheduleArguments a)
    {
        int decay = a.Count("num_decay_steps") ?? throw a.Wrong("num_decay_steps", "is missing");
        int stableEnd = a.WarmupSteps + (a.Count("num_stable_steps") ?? a.TotalSteps - a.WarmupSteps - decay);
        double minimum = a.Number("min_lr_ratio", 0), cycles = a.Number("num_cycles", 0.5);
        if (minimum is < 0 or > 1) throw a.Wrong("min_lr_ratio", $"is {minimum}; it must be from 0 to 1");
        string rise = a.Choice("warmup_type", "linear", "linear", "cosine", "1-sqrt");
        string fall = a.Choice("decay_type", "cosine", "linear", "cosine", "1-sqrt");
        double Floored(double factor) => Math.Max(0, factor * (1 - minimum) + minimum);
        return t =>
        {
            if (t < a.WarmupSteps)
            {
                double p = t / (double)Math.Max(1, a.WarmupSteps);
                return Floored(rise switch { "linear" => p, "cosine" => 0.5 * (1 - Math.Cos(Math.PI * p)), _ => 1 - Math.Sqrt(1 - p) });
            }

            if (t < stableEnd) return 1;
            if (t >= stableEnd + decay) return minimum;
            double q = (t - stableEnd) / (double)Math.Max(1, decay);
            return Floored(fall switch { "linear" => 1 - q, "cosine" => 0.5 * (1 + Math.Cos(Math.PI * cycles * 2 * q)), _ => 1 - Math.Sqrt(q) });
        };
    }
}
