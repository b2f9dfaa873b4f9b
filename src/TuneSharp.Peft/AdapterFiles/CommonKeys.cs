using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Formats.Json;
using TuneSharp.Nn;
using TuneSharp.Peft.Replaced;

namespace TuneSharp.Peft.AdapterFiles;

/// <summary>The keys that the adapter_config.json of every method has, in the layout of PEFT 0.21.</summary>
internal sealed record CommonKeys
{
    /// <summary>The PEFT release whose file layout is written.</summary>
    public const string PeftVersion = "0.21.2";

    public string? BaseModel { get; init; }

    public string? Revision { get; init; }

    /// <summary>PEFT's word for what the model does; null: the file does not say.</summary>
    public string? TaskType { get; init; }

    /// <summary>As in the file, where names may occur twice; null: none.</summary>
    public IReadOnlyList<string>? ModulesToSave { get; init; }

    /// <summary>Of a new adapter.</summary>
    public static CommonKeys Of(TunableModel model, string? baseModel, IReadOnlyList<string>? modulesToSave = null) =>
        new() { BaseModel = baseModel, TaskType = model.TaskType, ModulesToSave = Replaced.ModulesToSave.For(model, modulesToSave) };

    /// <summary>The names of these keys and <paramref name="own"/>: what a method acts on.</summary>
    public static IReadOnlyList<string> With(params IEnumerable<string> own) =>
        ["auto_mapping", "base_model_name_or_path", "inference_mode", "modules_to_save", "peft_type", "peft_version", "revision", "task_type", .. own];

    /// <exception cref="InvalidInputException">The file is of another method.</exception>
    public static CommonKeys Read(CheckedFields fields, string peftType)
    {
        if (fields.GetString("peft_type") != peftType) throw fields.Wrong("peft_type", $"Only {peftType} can be read here.");
        return new CommonKeys
        {
            BaseModel = fields.GetString("base_model_name_or_path"),
            Revision = fields.GetString("revision"),
            TaskType = fields.GetString("task_type"),
            ModulesToSave = fields.GetStrings("modules_to_save"),
        };
    }

    /// <summary>Refuses a model that does something else than the adapter was made for.</summary>
    public void RequireTask(TunableModel model, string where)
    {
        if (TaskType is null || TaskType == model.TaskType) return;
        throw new InvalidInputException($"The adapter is for the task {TaskType}, the model is loaded for {model.TaskType}.", where, $"It was made for {BaseModel ?? "another model"}; load that one for {TaskType}.");
    }

    /// <summary>The whole config: these keys and the method's own, in PEFT's order (alphabetical).</summary>
    public JsonObject ToJson(string peftType, IEnumerable<(string Key, JsonNode? Value)> own)
    {
        var values = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal)
        {
            ["auto_mapping"] = null,
            ["base_model_name_or_path"] = BaseModel,
            ["inference_mode"] = true,
            ["modules_to_save"] = ListOf(ModulesToSave),
            ["peft_type"] = peftType,
            ["peft_version"] = PeftVersion,
            ["revision"] = Revision,
            ["task_type"] = TaskType,
        };
        foreach ((string key, JsonNode? value) in own) values[key] = value;
        return new JsonObject(values.Select(pair => KeyValuePair.Create(pair.Key, pair.Value)));
    }

    public static JsonArray? ListOf(IReadOnlyList<string>? names) => names is null ? null : new JsonArray([.. names.Select(name => (JsonNode)JsonValue.Create(name)!)]);

    /// <summary>As Python writes a float.</summary>
    public static JsonNode Float(double value) => value == Math.Floor(value) && Math.Abs(value) < 1e15 ? JsonNode.Parse(value.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture))! : JsonValue.Create(value);
}
