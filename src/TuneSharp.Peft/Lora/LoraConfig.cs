using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Formats.Json;
using TuneSharp.Peft.AdapterFiles;
using TuneSharp.Peft.Lora.Initialisation;
using TuneSharp.Peft.Targets;
using TuneSharp.Peft.TrainableTokens;

namespace TuneSharp.Peft.Lora;

public enum LoraBias { None, All, LoraOnly }

/// <summary>What a LoRA adapter is. <see cref="LoraConfigFile"/> reads and writes it, <see cref="LoraSettings"/> are what a person says.</summary>
public sealed record LoraConfig
{
    public required int Rank { get; init; }

    public required double Alpha { get; init; }

    public required TargetModules TargetModules { get; init; }

    /// <summary>Modules that get no adapter although they are targets.</summary>
    public TargetModules? ExcludeModules { get; init; }

    /// <summary>Only these layers get adapters; null: all.</summary>
    public LayerChoice? Layers { get; init; }

    public double Dropout { get; init; }

    /// <summary>Other ranks for some modules.</summary>
    public ModuleValues RankPattern { get; init; } = ModuleValues.None;

    /// <summary>Other alphas for some modules.</summary>
    public ModuleValues AlphaPattern { get; init; } = ModuleValues.None;

    public LoraBias Bias { get; init; }

    /// <summary>B has a bias of its own.</summary>
    public bool HasLoraBias { get; init; }

    /// <summary>Scale alpha / sqrt(r) instead of alpha / r (Kalajdzievski 2023, arXiv:2312.03732).</summary>
    public bool UseRslora { get; init; }

    /// <summary>Weight-decomposed (Liu et al. 2024, arXiv:2402.09353).</summary>
    public bool UseDora { get; init; }

    /// <summary>Modules that are trained as a whole and stored with the adapter; null: none.</summary>
    public IReadOnlyList<string>? ModulesToSave { get; init; }

    /// <summary>What is trained of a tied embedding is trained of the output head too.</summary>
    public bool EnsureWeightTying { get; init; }

    /// <summary>Rows of the token embedding that are trained; null: none.</summary>
    public TokenChoice? TrainableTokens { get; init; }

    /// <summary>Matrices are stored as [in, out]: said by the file, but the model decides.</summary>
    public bool FanInFanOut { get; init; }

    /// <summary>The first values of A and B.</summary>
    public LoraStart Start { get; init; } = LoraStart.Default;

    public string? BaseModel { get; init; }

    public string? Revision { get; init; }

    public string? TaskType { get; init; } = "CAUSAL_LM";

    internal CommonKeys Common => new() { BaseModel = BaseModel, Revision = Revision, TaskType = TaskType, ModulesToSave = ModulesToSave };

    /// <summary>Of a module without entry in the patterns.</summary>
    public double Scale => ScaleOf(Rank, Alpha);

    public ModuleSelection Selection => new(TargetModules, ExcludeModules, Layers, ModulesToSave);

    public int RankOf(string module) => (int)RankPattern.For(module, Rank);

    /// <summary>s: alpha / r, or alpha / sqrt(r), with the module's own numbers.</summary>
    public double ScaleFor(string module) => ScaleOf(RankOf(module), AlphaPattern.For(module, Alpha));

    private double ScaleOf(int rank, double alpha) => UseRslora ? alpha / Math.Sqrt(rank) : alpha / rank;

    /// <param name="settings">Checked. Without targets: the names of most decoders.</param>
    /// <param name="baseModel">Path or name of the base.</param>
    /// <param name="taskType">PEFT's word for what the model does.</param>
    public static LoraConfig FromSettings(LoraSettings settings, string? baseModel, string? taskType = "CAUSAL_LM")
    {
        TargetModules targets = TargetModules.FromSetting(settings.TargetModules.Count > 0 ? settings.TargetModules : UsualTargets.OfMost);
        return new LoraConfig
        {
            Rank = settings.R,
            Alpha = settings.LoraAlpha ?? 2.0 * settings.R,
            Dropout = settings.LoraDropout,
            TargetModules = targets,
            ExcludeModules = settings.ExcludeModules is { Count: > 0 } exclude ? TargetModules.FromSetting(exclude, "exclude_modules") : null,
            Layers = LayerChoice.From(settings.LayersToTransform, LayersPatternOf(settings), targets, null),
            RankPattern = ModuleValues.From("rank_pattern", settings.RankPattern, 1, whole: true, null),
            AlphaPattern = ModuleValues.From("alpha_pattern", settings.AlphaPattern, 0, whole: false, null),
            Bias = settings.Bias switch { "all" => LoraBias.All, "lora_only" => LoraBias.LoraOnly, _ => LoraBias.None },
            HasLoraBias = settings.LoraBias,
            UseRslora = settings.UseRslora,
            UseDora = settings.UseDora,
            ModulesToSave = settings.ModulesToSave is { Count: > 0 } saved ? saved : null,
            EnsureWeightTying = settings.EnsureWeightTying,
            TrainableTokens = TokenChoice.From(settings.TrainableTokenIndices, "trainable_token_indices", null),
            FanInFanOut = settings.FanInFanOut ?? false,
            Start = LoraStart.FromText(settings.InitLoraWeights, null),
            BaseModel = baseModel,
            TaskType = taskType,
        }.Checked(null);
    }

    /// <summary>The settings that make such an adapter.</summary>
    public LoraSettings ToSettings() => new()
    {
        R = Rank,
        LoraAlpha = Alpha,
        LoraDropout = Dropout,
        TargetModules = TargetModules.ToSetting(),
        ExcludeModules = ExcludeModules?.ToSetting(),
        LayersToTransform = Layers?.LayersJson(),
        LayersPattern = Layers?.PatternJson() switch { null => null, JsonArray list => [.. list.Select(item => item!.ToString())], { } name => [name.ToString()] },
        RankPattern = RankPattern.IsEmpty ? null : RankPattern.ToSetting(),
        AlphaPattern = AlphaPattern.IsEmpty ? null : AlphaPattern.ToSetting(),
        Bias = LoraConfigFile.BiasName(Bias),
        LoraBias = HasLoraBias,
        UseRslora = UseRslora,
        UseDora = UseDora,
        ModulesToSave = ModulesToSave,
        EnsureWeightTying = EnsureWeightTying,
        TrainableTokenIndices = TrainableTokens?.ToJson(),
        InitLoraWeights = Start.ToText(),
    };

    /// <summary>Refuses what cannot be together, in PEFT as here.</summary>
    internal LoraConfig Checked(string? where)
    {
        if (HasLoraBias && UseDora) throw new InvalidInputException("`lora_bias` and `use_dora` cannot be together.", where, "Choose one of them.");
        if (HasLoraBias && !Start.IsPlain) throw new InvalidInputException($"`lora_bias` needs init_lora_weights: true or false, not {Start.ToText()}.", where, "Choose one of them.");
        if (Start.Kind == LoraStartKind.Orthogonal && Rank % 2 != 0) throw new InvalidInputException($"`init_lora_weights` is orthogonal, which needs an even rank; `r` is {Rank}.", where, "Choose an even r.");
        if (UseDora && Start.TakesFromBase) throw new InvalidInputException($"`use_dora` and init_lora_weights: {Start.ToText()} cannot be together.", where, "Choose one of them.");
        return this;
    }

    private static JsonNode? LayersPatternOf(LoraSettings settings) => settings.LayersPattern switch
    {
        null or { Count: 0 } => null,
        { Count: 1 } one => JsonValue.Create(one[0]),
        { } several => new JsonArray([.. several.Select(name => (JsonNode)JsonValue.Create(name)!)]),
    };

    /// <inheritdoc cref="LoraConfigFile.Read"/>
    public static LoraConfig FromJson(CheckedFields fields) => LoraConfigFile.Read(fields);

    /// <inheritdoc cref="LoraConfigFile.Write"/>
    public JsonObject ToJson() => LoraConfigFile.Write(this);
}
