using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats.Json;
using TuneSharp.Nn;
using TuneSharp.Peft.AdapterFiles;
using TuneSharp.Peft.Targets;

namespace TuneSharp.Peft.Ia3;

/// <summary>adapter_config.json of IA3, both directions, in the layout of PEFT 0.21.</summary>
internal sealed record Ia3Config(CommonKeys Common, TargetModules TargetModules, IReadOnlyList<string> FeedforwardModules)
{
    public const string PeftType = "IA3";

    private const string TargetsKey = "target_modules", FeedforwardKey = "feedforward_modules", TransposedKey = "fan_in_fan_out", InitKey = "init_ia3_weights";

    private static readonly IReadOnlyList<string> Own = CommonKeys.With(TargetsKey, FeedforwardKey, TransposedKey, InitKey);

    private static readonly IReadOnlyDictionary<string, string> Defaults = new Dictionary<string, string> { ["exclude_modules"] = "null" };

    /// <summary>PEFT's note that the modules store their weight as [in, out]; the model itself says so here.</summary>
    public bool FanInFanOut { get; init; }

    /// <summary>How training began; has no effect any more.</summary>
    public bool Init { get; init; } = true;

    public static Ia3Config Of(Ia3Settings settings, TunableModel model, string? baseModel)
    {
        string[] linears = [.. model.Linears.Select(linear => linear.Name)];
        var wanted = Ia3Targets.Of(settings.TargetModules, linears);
        HashSet<string> targets = [.. Ia3Targets.Resolve(wanted, linears, model.Head?.Name)];
        return new Ia3Config(CommonKeys.Of(model, baseModel), wanted.IsAllLinear ? TargetModules.List([.. targets]) : wanted, Ia3Targets.FeedforwardOf(settings.FeedforwardModules, [.. targets]))
        {
            FanInFanOut = model.Linears.Any(linear => linear.Transposed && targets.Contains(linear.Name)),
        };
    }

    public static Ia3Config FromJson(CheckedFields fields)
    {
        CommonKeys common = CommonKeys.Read(fields, PeftType);
        UnhonouredKeys.Refuse(fields, Own, Defaults);
        return new Ia3Config(common, TargetModules.FromJson(fields.Json[TargetsKey], fields.Where), Feedforward(fields))
        {
            FanInFanOut = fields.GetBool(TransposedKey, false),
            Init = fields.GetBool(InitKey, true),
        };
    }

    /// <summary>The settings that make such an adapter.</summary>
    public Ia3Settings ToSettings() => new()
    {
        TargetModules = TargetModules.Pattern is { } pattern ? [pattern] : TargetModules.Names,
        FeedforwardModules = FeedforwardModules,
    };

    public JsonObject ToJson() => Common.ToJson(PeftType,
    [
        ("exclude_modules", null), (TransposedKey, FanInFanOut), (FeedforwardKey, CommonKeys.ListOf(FeedforwardModules)), (InitKey, Init), (TargetsKey, TargetModules.ToJson()),
    ]);

    private static IReadOnlyList<string> Feedforward(CheckedFields fields)
    {
        if (fields.Json[FeedforwardKey] is { } node && node.GetValueKind() == JsonValueKind.String) throw fields.Wrong(FeedforwardKey, "Only a list of names can be read.", "Write the names of the modules as a list.");
        return fields.GetStrings(FeedforwardKey) ?? [];
    }
}
