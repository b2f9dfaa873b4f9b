using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Json;
using TuneSharp.Nn;
using TuneSharp.Peft.AdapterFiles;

namespace TuneSharp.Peft.Bottleneck;

/// <summary>adapter_config.json and head_config.json in the layout of the library `adapters` 1.3, both directions.</summary>
/// <param name="Config">What the adapter is.</param>
/// <param name="Name">The adapter's name, which stands in its tensors' names.</param>
internal sealed record BottleneckFile(BottleneckConfig Config, string Name)
{
    public const string HeadConfigFile = "head_config.json", HeadFile = "model_head.safetensors", NewName = "default";

    private const string Version = "adapters.1.3.0";

    /// <summary>Keys of the library that are not acted on, with the value that means "off", or that have no effect while another one is off.</summary>
    private static readonly IReadOnlyDictionary<string, string> Fixed = new Dictionary<string, string>
    {
        ["cross_adapter"] = "false",
        ["dropout"] = "0.0",
        ["factorized_phm_W"] = "true",
        ["factorized_phm_rule"] = "false",
        ["hypercomplex_nonlinearity"] = "\"glorot-uniform\"",
        ["init_weights_seed"] = "null",
        ["inv_adapter"] = "null",
        ["inv_adapter_reduction_factor"] = "null",
        ["learn_phm"] = "true",
        ["original_ln_after"] = "true",
        ["phm_bias"] = "true",
        ["phm_c_init"] = "\"normal\"",
        ["phm_dim"] = "4",
        ["phm_init_range"] = "0.0001",
        ["phm_layer"] = "false",
        ["phm_rank"] = "1",
        ["shared_W_phm"] = "false",
        ["shared_phm_rule"] = "true",
        ["stochastic_depth"] = "0.0",
        ["use_gating"] = "false",
    };

    private static readonly string[] WithoutEffect =
    [
        "factorized_phm_W", "factorized_phm_rule", "hypercomplex_nonlinearity", "init_weights_seed", "inv_adapter_reduction_factor", "learn_phm", "phm_bias", "phm_c_init",
        "phm_dim", "phm_init_range", "phm_rank", "shared_W_phm", "shared_phm_rule",
    ];

    private static readonly string[] Own =
    [
        "mh_adapter", "output_adapter", "is_parallel", "reduction_factor", "non_linearity", "scaling", "original_ln_before", "residual_before_ln", "adapter_residual_before_ln",
        "ln_before", "ln_after", "init_weights", "leave_out",
    ];

    /// <summary>Keys that only say where the adapter comes from; kept as they were found.</summary>
    public JsonObject Origin { get; init; } = [];

    public string? BaseModel => Origin["model_name"]?.GetValue<string>();

    public static BottleneckFile New(BottleneckConfig config, TunableModel model, string? baseModel) => new(config, NewName)
    {
        Origin = new JsonObject { ["hidden_size"] = model.Residuals[0].Width, ["model_class"] = null, ["model_name"] = baseModel, ["model_type"] = null, ["name"] = NewName, ["version"] = Version },
    };

    /// <exception cref="InvalidInputException">A value cannot be honoured.</exception>
    public static BottleneckFile Read(CheckedFields fields)
    {
        CheckedFields config = fields.GetObject("config") ?? throw fields.Missing("config", "an object");
        UnhonouredKeys.Refuse(config, [.. Own, .. WithoutEffect], Fixed);
        if (config.Json["original_ln_after"] is { } after && after.GetValueKind() == JsonValueKind.False) throw config.Wrong("original_ln_after", "The model's own norm always comes last here.");
        string activation = config.GetString("non_linearity") ?? "relu";
        if (BottleneckConfig.ActivationOf(activation) is null) throw config.Wrong("non_linearity", $"It can be {string.Join(", ", BottleneckConfig.Activations)}.");
        var origin = (JsonObject)fields.Json.DeepClone();
        origin.Remove("config");
        return new BottleneckFile(new BottleneckConfig
        {
            AfterAttention = config.GetBool("mh_adapter", false),
            AfterMlp = config.GetBool("output_adapter", true),
            IsParallel = config.GetBool("is_parallel", false),
            ReductionFactor = config.GetDouble("reduction_factor", 1e-3, 1 << 16),
            NonLinearity = activation,
            Scaling = config.GetDouble("scaling", -1e6, 1e6, 1),
            OriginalNormBefore = config.GetBool("original_ln_before", false),
            ResidualBeforeNorm = config.GetBool("residual_before_ln", true),
            AdapterResidualBeforeNorm = config.GetBool("adapter_residual_before_ln", false),
            NormBefore = config.GetBool("ln_before", false),
            NormAfter = config.GetBool("ln_after", false),
            Init = config.GetString("init_weights") ?? "bert",
            LeaveOut = config.GetIds("leave_out"),
        }, fields.GetString("name") ?? throw fields.Missing("name", "the adapter's name"))
        { Origin = origin };
    }

    /// <summary>The settings that make such an adapter, for its size.</summary>
    public BottleneckSettings ToSettings() => new()
    {
        AdapterConfig = Config.IsParallel ? "par_bn" : Config.AfterAttention ? "double_seq_bn" : "seq_bn",
        ReductionFactor = Config.ReductionFactor,
        NonLinearity = Config.NonLinearity,
        AdapterScaling = Config.Scaling,
        LnBefore = Config.NormBefore,
        LnAfter = Config.NormAfter,
    };

    public JsonObject ToJson()
    {
        var config = new JsonObject();
        foreach ((string key, string off) in Fixed) config[key] = JsonNode.Parse(off);
        config["mh_adapter"] = Config.AfterAttention;
        config["output_adapter"] = Config.AfterMlp;
        config["is_parallel"] = Config.IsParallel;
        config["reduction_factor"] = Config.ReductionFactor == Math.Floor(Config.ReductionFactor) ? (int)Config.ReductionFactor : Config.ReductionFactor;
        config["non_linearity"] = Config.NonLinearity;
        config["scaling"] = CommonKeys.Float(Config.Scaling);
        config["original_ln_before"] = Config.OriginalNormBefore;
        config["residual_before_ln"] = Config.ResidualBeforeNorm;
        config["adapter_residual_before_ln"] = Config.AdapterResidualBeforeNorm;
        config["ln_before"] = Config.NormBefore;
        config["ln_after"] = Config.NormAfter;
        config["init_weights"] = Config.Init;
        config["leave_out"] = new JsonArray([.. Config.LeaveOut.Select(layer => (JsonNode)layer)]);
        var json = (JsonObject)Origin.DeepClone();
        json["config"] = config;
        return json;
    }

    /// <summary>What stands beside a classifier's head.</summary>
    /// <param name="numLabels">Outputs of the head.</param>
    public JsonObject HeadToJson(int numLabels)
    {
        var json = (JsonObject)Origin.DeepClone();
        json["config"] = null;
        json["name"] = null;
        json["num_labels"] = numLabels;
        json["label2id"] = new JsonObject(Enumerable.Range(0, numLabels).Select(i => KeyValuePair.Create($"LABEL_{i}", (JsonNode?)i)));
        return json;
    }
}
