using System.Text.Json.Nodes;
using TuneSharp.Formats.Json;
using TuneSharp.Nn;
using TuneSharp.Peft.AdapterFiles;
using TuneSharp.Peft.Targets;

namespace TuneSharp.Peft.LayerNormTuning;

/// <summary>adapter_config.json of layer-norm tuning, both directions, in the layout of PEFT 0.21.</summary>
internal sealed record LayerNormTuningConfig(CommonKeys Common, TargetModules TargetModules)
{
    public const string PeftType = "LN_TUNING";

    private const string TargetsKey = "target_modules";

    private static readonly IReadOnlyList<string> Own = CommonKeys.With(TargetsKey);

    private static readonly IReadOnlyDictionary<string, string> Defaults = new Dictionary<string, string> { ["exclude_modules"] = "null" };

    public static LayerNormTuningConfig Of(LayerNormTuningSettings settings, TunableModel model, string? baseModel)
    {
        IReadOnlyList<string> names = settings.TargetModules.Count > 0 ? settings.TargetModules : [.. Norms.Of(model).Keys.Select(name => name[(name.LastIndexOf('.') + 1)..]).Distinct()];
        return new LayerNormTuningConfig(CommonKeys.Of(model, baseModel), TargetModules.FromSetting(names));
    }

    public static LayerNormTuningConfig FromJson(CheckedFields fields)
    {
        CommonKeys common = CommonKeys.Read(fields, PeftType);
        UnhonouredKeys.Refuse(fields, Own, Defaults);
        return new LayerNormTuningConfig(common, TargetModules.FromJson(fields.Json[TargetsKey], fields.Where));
    }

    /// <summary>The settings that make such an adapter.</summary>
    public LayerNormTuningSettings ToSettings() => new() { TargetModules = TargetModules.Pattern is { } pattern ? [pattern] : TargetModules.Names };

    public JsonObject ToJson() => Common.ToJson(PeftType, [("exclude_modules", null), (TargetsKey, TargetModules.ToJson())]);
}
