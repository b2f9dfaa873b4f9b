using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Formats.Json;
using TuneSharp.Peft.AdapterFiles;
using TuneSharp.Peft.Lora.Initialisation;
using TuneSharp.Peft.Targets;
using TuneSharp.Peft.TrainableTokens;

namespace TuneSharp.Peft.Lora;

/// <summary>
/// A LoRA adapter's adapter_config.json, both directions, in the layout of PEFT 0.21. A key that PEFT knows and this program
/// does not honour must have its default: anything else is refused by name, never ignored.
/// </summary>
internal static class LoraConfigFile
{
    private static readonly string[] TaskTypes = ["CAUSAL_LM", "SEQ_CLS", "TOKEN_CLS", "QUESTION_ANS", "FEATURE_EXTRACTION"];

    /// <param name="fields">adapter_config.json.</param>
    /// <exception cref="InvalidInputException">Another method, a value out of range, or a key that is not honoured.</exception>
    public static LoraConfig Read(CheckedFields fields)
    {
        CommonKeys common = CommonKeys.Read(fields, "LORA");
        if (common.TaskType is { } task && !TaskTypes.Contains(task)) throw fields.Wrong("task_type", $"It can be {string.Join(", ", TaskTypes)}.");
        TargetModules targets = TargetModules.FromJson(fields.Json["target_modules"], fields.Where);
        var config = new LoraConfig
        {
            Rank = fields.GetInt("r", 1, 1 << 20, 8),
            Alpha = fields.GetDouble("lora_alpha", 0, 1e9, 8),
            Dropout = fields.GetDouble("lora_dropout", 0, 0.999, 0),
            TargetModules = targets,
            ExcludeModules = fields.Json["exclude_modules"] is null or JsonArray { Count: 0 } ? null : TargetModules.FromJson(fields.Json["exclude_modules"], fields.Where, "exclude_modules"),
            Layers = LayerChoice.From(fields.Json["layers_to_transform"], fields.Json["layers_pattern"], targets, fields.Where),
            RankPattern = ModuleValues.From("rank_pattern", fields.Json["rank_pattern"], 1, whole: true, fields.Where),
            AlphaPattern = ModuleValues.From("alpha_pattern", fields.Json["alpha_pattern"], 0, whole: false, fields.Where),
            Bias = fields.GetString("bias") switch
            {
                null or "none" => LoraBias.None,
                "all" => LoraBias.All,
                "lora_only" => LoraBias.LoraOnly,
                _ => throw fields.Wrong("bias", "It can be none, all or lora_only."),
            },
            HasLoraBias = fields.GetBool("lora_bias", false),
            UseRslora = fields.GetBool("use_rslora", false),
            UseDora = fields.GetBool("use_dora", false),
            ModulesToSave = common.ModulesToSave is { Count: > 0 } saved ? saved : null,
            EnsureWeightTying = fields.GetBool("ensure_weight_tying", false),
            TrainableTokens = TokenChoice.From(fields.Json["trainable_token_indices"], "trainable_token_indices", fields.Where),
            FanInFanOut = fields.GetBool("fan_in_fan_out", false),
            Start = LoraStart.FromJson(fields),
            BaseModel = common.BaseModel,
            Revision = common.Revision,
            TaskType = common.TaskType,
        };
        UnhonouredKeys.Refuse(fields, Own, Defaults);
        return config.Checked(fields.Where);
    }

    /// <summary>All keys that PEFT writes, in its order (alphabetical).</summary>
    public static JsonObject Write(LoraConfig config)
    {
        var values = new List<(string, JsonNode?)>
        {
            ("alpha_pattern", config.AlphaPattern.ToJson()),
            ("bias", BiasName(config.Bias)),
            ("ensure_weight_tying", config.EnsureWeightTying),
            ("exclude_modules", config.ExcludeModules?.ToJson()),
            ("fan_in_fan_out", config.FanInFanOut),
            ("init_lora_weights", config.Start.ToJson()),
            ("layers_pattern", config.Layers?.PatternJson()),
            ("layers_to_transform", config.Layers?.LayersJson()),
            ("lora_alpha", config.Alpha == Math.Floor(config.Alpha) && config.Alpha < int.MaxValue ? JsonValue.Create((int)config.Alpha) : JsonValue.Create(config.Alpha)),
            ("lora_bias", config.HasLoraBias),
            ("lora_dropout", CommonKeys.Float(config.Dropout)),
            ("r", config.Rank),
            ("rank_pattern", config.RankPattern.ToJson()),
            ("target_modules", config.TargetModules.ToJson()),
            ("trainable_token_indices", config.TrainableTokens?.ToJson()),
            ("use_dora", config.UseDora),
            ("use_rslora", config.UseRslora),
        };
        values.AddRange(Defaults.Select(pair => (pair.Key, JsonNode.Parse(pair.Value))));
        return config.Common.ToJson("LORA", values);
    }

    public static string BiasName(LoraBias bias) => bias switch { LoraBias.All => "all", LoraBias.LoraOnly => "lora_only", _ => "none" };

    private static readonly IReadOnlyList<string> Own = CommonKeys.With(
        "alpha_pattern", "bias", "ensure_weight_tying", "exclude_modules", "fan_in_fan_out", "init_lora_weights", "layers_pattern", "layers_to_transform", "lora_alpha", "lora_bias",
        "lora_dropout", "r", "rank_pattern", "target_modules", "trainable_token_indices", "use_dora", "use_rslora",
        // Without effect unless a key of the table below is set.
        "megatron_core", "qalora_group_size");

    /// <summary>What is not honoured, with the value that means "off".</summary>
    private static readonly IReadOnlyDictionary<string, string> Defaults = new Dictionary<string, string>
    {
        ["alora_invocation_tokens"] = "null",
        ["arrow_config"] = "null",
        ["corda_config"] = "null",
        ["eva_config"] = "null",
        ["kasa_config"] = "null",
        ["layer_replication"] = "null",
        ["loftq_config"] = "{}",
        ["lora_ga_config"] = "null",
        ["megatron_config"] = "null",
        ["megatron_core"] = "\"megatron.core\"",
        ["monteclora_config"] = "null",
        ["qalora_group_size"] = "16",
        ["target_parameters"] = "null",
        ["use_bdlora"] = "null",
        ["use_qalora"] = "false",
        ["velora_config"] = "null",
    };
}
