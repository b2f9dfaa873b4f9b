using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Formats.Json;
using TuneSharp.Peft.Targets;

namespace TuneSharp.Peft.Lora;

public enum LoraBias { None, All, LoraOnly }

/// <summary>
/// A LoRA adapter's adapter_config.json, both directions, in the layout of PEFT 0.21. A key that PEFT knows and this program
/// does not honour yet must have its default: anything else is refused by name, never ignored.
/// </summary>
public sealed record LoraConfig
{
    /// <summary>The PEFT release whose file layout is written.</summary>
    public const string PeftVersion = "0.21.2";

    public required int Rank { get; init; }

    public required double Alpha { get; init; }

    public required TargetModules TargetModules { get; init; }

    public double Dropout { get; init; }

    public LoraBias Bias { get; init; }

    /// <summary>Scale alpha / sqrt(r) instead of alpha / r (Kalajdzievski 2023, arXiv:2312.03732).</summary>
    public bool UseRslora { get; init; }

    public string? BaseModel { get; init; }

    public string? Revision { get; init; }

    public string? TaskType { get; init; } = "CAUSAL_LM";

    /// <summary>How PEFT filled the adapter before training; kept as it was found.</summary>
    public JsonNode InitLoraWeights { get; init; } = JsonValue.Create(true);

    public double Scale => UseRslora ? Alpha / Math.Sqrt(Rank) : Alpha / Rank;

    public static LoraConfig FromSettings(LoraSettings settings, string? baseModel) => new()
    {
        Rank = settings.R,
        Alpha = settings.LoraAlpha ?? 2.0 * settings.R,
        Dropout = settings.LoraDropout,
        TargetModules = TargetModules.FromSetting(settings.TargetModules),
        Bias = settings.Bias switch { "all" => LoraBias.All, "lora_only" => LoraBias.LoraOnly, _ => LoraBias.None },
        UseRslora = settings.UseRslora,
        BaseModel = baseModel,
    };

    /// <summary>The settings that make such an adapter.</summary>
    public LoraSettings ToSettings() => new()
    {
        R = Rank,
        LoraAlpha = Alpha,
        LoraDropout = Dropout,
        TargetModules = TargetModules.Pattern is { } pattern ? [pattern] : TargetModules.Names,
        Bias = Bias switch { LoraBias.All => "all", LoraBias.LoraOnly => "lora_only", _ => "none" },
        UseRslora = UseRslora,
    };

    /// <param name="fields">adapter_config.json.</param>
    /// <exception cref="InvalidInputException">Another method, a value out of range, or a key that is not honoured.</exception>
    public static LoraConfig FromJson(CheckedFields fields)
    {
        if (fields.GetString("peft_type") is not "LORA") throw fields.Wrong("peft_type", "Only LORA can be read here.");
        if (fields.GetString("task_type") is not (null or "CAUSAL_LM")) throw fields.Wrong("task_type", "Only CAUSAL_LM can be used yet.");
        var config = new LoraConfig
        {
            Rank = fields.GetInt("r", 1, 1 << 20, 8),
            Alpha = fields.GetDouble("lora_alpha", 0, 1e9, 8),
            Dropout = fields.GetDouble("lora_dropout", 0, 0.999, 0),
            TargetModules = TargetModules.FromJson(fields.Json["target_modules"], fields.Where),
            Bias = fields.GetString("bias") switch
            {
                null or "none" => LoraBias.None,
                "all" => LoraBias.All,
                "lora_only" => LoraBias.LoraOnly,
                _ => throw fields.Wrong("bias", "It can be none, all or lora_only."),
            },
            UseRslora = fields.GetBool("use_rslora", false),
            BaseModel = fields.GetString("base_model_name_or_path"),
            Revision = fields.GetString("revision"),
            TaskType = fields.GetString("task_type"),
            InitLoraWeights = Initialisation(fields),
        };
        UnhonouredKeys.Refuse(fields, Own, Defaults);
        return config;
    }

    /// <summary>All keys that PEFT writes, in its order (alphabetical).</summary>
    public JsonObject ToJson()
    {
        var values = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach ((string key, string json) in Defaults) values[key] = JsonNode.Parse(json);
        values["auto_mapping"] = null;
        values["base_model_name_or_path"] = BaseModel;
        values["bias"] = Bias switch { LoraBias.All => "all", LoraBias.LoraOnly => "lora_only", _ => "none" };
        values["inference_mode"] = true;
        values["init_lora_weights"] = InitLoraWeights.DeepClone();
        values["lora_alpha"] = Alpha == Math.Floor(Alpha) && Alpha < int.MaxValue ? JsonValue.Create((int)Alpha) : JsonValue.Create(Alpha);
        // As Python writes a float.
        values["lora_dropout"] = Dropout == 0 ? JsonNode.Parse("0.0") : Dropout;
        values["peft_type"] = "LORA";
        values["peft_version"] = PeftVersion;
        values["r"] = Rank;
        values["revision"] = Revision;
        values["target_modules"] = TargetModules.ToJson();
        values["task_type"] = TaskType;
        values["use_rslora"] = UseRslora;
        return new JsonObject(values.Select(pair => KeyValuePair.Create(pair.Key, pair.Value)));
    }

    private static readonly string[] Own =
    [
        "auto_mapping", "base_model_name_or_path", "bias", "inference_mode", "init_lora_weights", "lora_alpha", "lora_dropout",
        "peft_type", "peft_version", "r", "revision", "target_modules", "task_type", "use_rslora",
        // Without effect unless a key of the table below is set.
        "megatron_core", "qalora_group_size", "layers_pattern",
    ];

    /// <summary>What is not honoured yet, with the value that means "off".</summary>
    private static readonly IReadOnlyDictionary<string, string> Defaults = new Dictionary<string, string>
    {
        ["alora_invocation_tokens"] = "null",
        ["alpha_pattern"] = "{}",
        ["arrow_config"] = "null",
        ["corda_config"] = "null",
        ["ensure_weight_tying"] = "false",
        ["eva_config"] = "null",
        ["exclude_modules"] = "null",
        ["fan_in_fan_out"] = "false",
        ["kasa_config"] = "null",
        ["layer_replication"] = "null",
        ["layers_pattern"] = "null",
        ["layers_to_transform"] = "null",
        ["loftq_config"] = "{}",
        ["lora_bias"] = "false",
        ["lora_ga_config"] = "null",
        ["megatron_config"] = "null",
        ["megatron_core"] = "\"megatron.core\"",
        ["modules_to_save"] = "null",
        ["monteclora_config"] = "null",
        ["qalora_group_size"] = "16",
        ["rank_pattern"] = "{}",
        ["target_parameters"] = "null",
        ["trainable_token_indices"] = "null",
        ["use_bdlora"] = "null",
        ["use_dora"] = "false",
        ["use_qalora"] = "false",
        ["velora_config"] = "null",
    };

    /// <summary>PiSSA, OLoRA and their like change the base when they are loaded; the others only say how training began.</summary>
    private static JsonNode Initialisation(CheckedFields fields)
    {
        if (fields.Json["init_lora_weights"] is not { } node) return JsonValue.Create(true);
        bool plain = node.GetValueKind() is JsonValueKind.True or JsonValueKind.False
            || (node.GetValueKind() == JsonValueKind.String && node.GetValue<string>() is "gaussian" or "orthogonal");
        return plain ? node.DeepClone() : throw fields.Wrong("init_lora_weights", "Such an adapter changes its base when it is loaded, which cannot be done yet.", "Convert it to an ordinary LoRA with PEFT first.");
    }
}
