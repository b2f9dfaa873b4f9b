using System.Text.Json.Nodes;
using TuneSharp.Formats.Json;
using TuneSharp.Peft.Targets;

namespace TuneSharp.Peft.Tests.Contract.OwnMethod;

/// <summary>Second of the three files of a method: its adapter_config.json, both directions.</summary>
public sealed record GainConfig(string? BaseModel, IReadOnlyList<string> Modules)
{
    /// <summary>A name that PEFT has and this program does not use.</summary>
    public const string PeftType = "BEFT";

    public static GainConfig FromJson(CheckedFields fields) => new(fields.GetString("base_model_name_or_path"), TargetModules.FromJson(fields.Json["target_modules"], fields.Where).Names);

    public JsonObject ToJson() => new()
    {
        ["base_model_name_or_path"] = BaseModel,
        ["peft_type"] = PeftType,
        ["target_modules"] = new JsonArray([.. Modules.Select(name => (JsonNode)name)]),
    };
}
