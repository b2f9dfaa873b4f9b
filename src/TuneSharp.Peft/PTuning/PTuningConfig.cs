using System.Text.Json.Nodes;
using TuneSharp.Formats.Json;
using TuneSharp.Nn;
using TuneSharp.Peft.AdapterFiles;
using TuneSharp.Peft.Prompts;

namespace TuneSharp.Peft.PTuning;

/// <summary>adapter_config.json of P-tuning, both directions, in the layout of PEFT 0.21.</summary>
internal sealed record PTuningConfig(CommonKeys Common, PromptSizes Sizes, PTuningSettings Encoder)
{
    public const string PeftType = "P_TUNING";

    private const string KindKey = "encoder_reparameterization_type", HiddenKey = "encoder_hidden_size", LayersKey = "encoder_num_layers", DropoutKey = "encoder_dropout";

    private static readonly IReadOnlyList<string> Own = CommonKeys.With([.. PromptSizes.Keys, KindKey, HiddenKey, LayersKey, DropoutKey]);

    public int HiddenSize => Encoder.EncoderHiddenSize ?? Sizes.TokenDim;

    public static PTuningConfig Of(PTuningSettings settings, TunableModel model, string? baseModel) =>
        new(CommonKeys.Of(model, baseModel), PromptSizes.OfEmbeddings(model, settings.NumVirtualTokens), settings);

    public static PTuningConfig FromJson(CheckedFields fields, TunableModel model)
    {
        CommonKeys common = CommonKeys.Read(fields, PeftType);
        common.RequireTask(model, fields.Where);
        UnhonouredKeys.Refuse(fields, Own, new Dictionary<string, string>());
        return new PTuningConfig(common, PromptSizes.Read(fields, n => PromptSizes.OfEmbeddings(model, n)), SettingsOf(fields));
    }

    /// <summary>The settings that make such an adapter.</summary>
    public static PTuningSettings SettingsOf(CheckedFields fields) => new()
    {
        NumVirtualTokens = fields.GetInt("num_virtual_tokens", 1, PromptSizes.Limit),
        EncoderReparameterizationType = fields.GetString(KindKey) switch
        {
            null or "MLP" => PromptEncoderKind.Mlp,
            "LSTM" => PromptEncoderKind.Lstm,
            _ => throw fields.Wrong(KindKey, "It can be MLP or LSTM."),
        },
        EncoderHiddenSize = fields.GetIntOrNull(HiddenKey, 1, 1 << 16),
        EncoderNumLayers = fields.GetInt(LayersKey, 1, 32, 2),
        EncoderDropout = fields.GetDouble(DropoutKey, 0, 0.999, 0),
    };

    public JsonObject ToJson() => Common.ToJson(PeftType,
    [
        .. Sizes.ToJson(),
        (KindKey, Encoder.EncoderReparameterizationType == PromptEncoderKind.Lstm ? "LSTM" : "MLP"),
        (HiddenKey, HiddenSize), (LayersKey, Encoder.EncoderNumLayers), (DropoutKey, CommonKeys.Float(Encoder.EncoderDropout)),
    ]);
}
