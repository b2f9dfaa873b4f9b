using System.Text.Json.Nodes;
using TuneSharp.Formats.Json;
using TuneSharp.Nn;
using TuneSharp.Peft.AdapterFiles;
using TuneSharp.Peft.Prompts;

namespace TuneSharp.Peft.PrefixTuning;

/// <summary>adapter_config.json of prefix tuning, both directions, in the layout of PEFT 0.21.</summary>
internal sealed record PrefixTuningConfig(CommonKeys Common, PromptSizes Sizes)
{
    public const string PeftType = "PREFIX_TUNING";

    private const string HiddenKey = "encoder_hidden_size", ProjectionKey = "prefix_projection", InitKey = "init_weights";

    private static readonly IReadOnlyList<string> Own = CommonKeys.With([.. PromptSizes.Keys, HiddenKey, ProjectionKey, InitKey]);

    public bool Projection { get; init; }

    /// <summary>Width of the projection's network.</summary>
    public int HiddenSize { get; init; }

    /// <summary>"zero" or null; has no effect any more.</summary>
    public string? Init { get; init; }

    public static PrefixTuningConfig Of(PrefixTuningSettings settings, TunableModel model, string? baseModel)
    {
        var sizes = PromptSizes.OfPrefix(model, settings.NumVirtualTokens);
        return new PrefixTuningConfig(CommonKeys.Of(model, baseModel), sizes)
        {
            Projection = settings.PrefixProjection,
            HiddenSize = settings.EncoderHiddenSize ?? sizes.TokenDim,
            Init = settings.InitWeights,
        };
    }

    public static PrefixTuningConfig FromJson(CheckedFields fields, TunableModel model)
    {
        CommonKeys common = CommonKeys.Read(fields, PeftType);
        common.RequireTask(model, fields.Where);
        UnhonouredKeys.Refuse(fields, Own, new Dictionary<string, string>());
        var sizes = PromptSizes.Read(fields, n => PromptSizes.OfPrefix(model, n));
        return new PrefixTuningConfig(common, sizes)
        {
            Projection = fields.GetBool(ProjectionKey, false),
            HiddenSize = fields.GetInt(HiddenKey, 1, 1 << 16, sizes.TokenDim),
            Init = fields.GetString(InitKey),
        };
    }

    /// <summary>The settings that make such an adapter.</summary>
    public static PrefixTuningSettings SettingsOf(CheckedFields fields)
    {
        bool projection = fields.GetBool(ProjectionKey, false);
        return new PrefixTuningSettings
        {
            NumVirtualTokens = fields.GetInt("num_virtual_tokens", 1, PromptSizes.Limit),
            PrefixProjection = projection,
            EncoderHiddenSize = projection ? fields.GetIntOrNull(HiddenKey, 1, 1 << 16) : null,
            InitWeights = fields.GetString(InitKey),
        };
    }

    public JsonObject ToJson() => Common.ToJson(PeftType, [.. Sizes.ToJson(), (HiddenKey, HiddenSize), (ProjectionKey, Projection), (InitKey, Init)]);
}
