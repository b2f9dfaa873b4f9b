using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Formats.Json;
using TuneSharp.Nn;
using TuneSharp.Peft.AdapterFiles;
using TuneSharp.Peft.Targets;

namespace TuneSharp.Peft.TrainableTokens;

/// <summary>adapter_config.json of trainable tokens, both directions.</summary>
internal sealed record TrainableTokensConfig(CommonKeys Common, TokenChoice Tokens, TargetModules? Targets)
{
    public const string PeftType = "TRAINABLE_TOKENS";

    /// <exception cref="InvalidInputException">No ids.</exception>
    public static TrainableTokensConfig FromSettings(TrainableTokensSettings settings, TunableModel? model, string? baseModel) => new(
        model is null ? new CommonKeys { BaseModel = baseModel } : CommonKeys.Of(model, baseModel),
        TokenChoice.From(settings.TokenIndices, "token_indices", null) ?? throw new InvalidInputException("`token_indices` is empty: nothing would be trained.", null, "Name the ids of the tokens, as in [151646, 151647]."),
        settings.TargetModules.Count == 0 ? null : TargetModules.FromSetting(settings.TargetModules));

    public static TrainableTokensConfig Read(CheckedFields fields)
    {
        var config = new TrainableTokensConfig(
            CommonKeys.Read(fields, PeftType),
            TokenChoice.From(fields.Json["token_indices"], "token_indices", fields.Where) ?? throw fields.Wrong("token_indices", "It must be a list of token ids."),
            fields.Json["target_modules"] is null ? null : TargetModules.FromJson(fields.Json["target_modules"], fields.Where));
        UnhonouredKeys.Refuse(fields, CommonKeys.With("init_weights", "target_modules", "token_indices"), new Dictionary<string, string>());
        return config;
    }

    /// <exception cref="InvalidInputException">The targets are something else than the token embedding.</exception>
    public void CheckTarget(string embedding)
    {
        if (Targets is null || Targets.Fits(embedding)) return;
        throw new InvalidInputException($"target_modules does not fit the token embedding {embedding}, whose rows alone can be trained.", null, "Remove the key.");
    }

    public JsonObject ToJson(string embedding) => CommonWithoutModules(Common.ToJson(PeftType,
    [
        ("init_weights", true),
        ("target_modules", Targets?.ToJson() ?? new JsonArray(embedding[(embedding.LastIndexOf('.') + 1)..])),
        ("token_indices", Tokens.ToJson()),
    ]));

    /// <summary>PEFT's config of this method has no modules_to_save.</summary>
    private JsonObject CommonWithoutModules(JsonObject json)
    {
        if (Common.ModulesToSave is null) json.Remove("modules_to_save");
        return json;
    }
}
