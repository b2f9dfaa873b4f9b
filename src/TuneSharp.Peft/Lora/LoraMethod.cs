using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Nn;
using TuneSharp.Peft.Replaced;
using TuneSharp.Peft.Targets;

namespace TuneSharp.Peft.Lora;

/// <summary>
/// A LoRA adapter on a model: one <see cref="LoraAdapter"/> in a slot of each target module, and the biases that are trained
/// with it. The base is never edited: detached, it is bit for bit what it was.
/// </summary>
public sealed class LoraMethod : ITuningMethod
{
    private readonly IReadOnlyList<ReplacedParameter> _biases;

    public static TuningMethodEntry Entry { get; } = new()
    {
        Name = "lora",
        PeftType = "LORA",
        Description = "Low-rank adapter beside the frozen linear modules.",
        Chinese = "冻结线性层旁的低秩适配器。",
        When = "first choice: a few hundred rows and more, small files, several tunings of one base; over a quantised base (QLoRA) for large models",
        WhenChinese = "首选：数百条以上数据、文件小、同一基座多次微调；大模型可配合量化基座（QLoRA）",
        NewOptions = () => new LoraSettings(),
        Create = request => Create(LoraConfig.FromSettings((LoraSettings)request.Options, request.BaseModel), request.Model, request.Seed),
        Load = Load,
        ReadOptions = folder => LoraConfig.FromJson(folder.Fields).ToSettings(),
        Footprint = (options, sizes) => FootprintOf((LoraSettings)options, sizes),
        CanMerge = true,
    };

    private LoraMethod(LoraConfig config, TunableModel model)
    {
        Config = config;
        IReadOnlyList<string> targets = TargetsOf(config.TargetModules, [.. model.Linears.Select(linear => linear.Name)], model.Head?.Name);
        // PEFT writes what all-linear stood for on this model, so that the file says it wherever it is read.
        if (config.TargetModules.IsAllLinear) Config = config with { TargetModules = TargetModules.List([.. targets]) };
        HashSet<string> adapted = [.. targets];
        Adapters = [.. model.Linears.Where(linear => adapted.Contains(linear.Name)).Select(linear => new LoraAdapter(linear, config))];
        _biases = [.. Biases(config.Bias, model, adapted)];
        Trained = [.. Adapters.SelectMany(adapter => (Parameter[])[adapter.A, adapter.B]), .. _biases.Select(bias => bias.Parameter)];
    }

    public string Name => "lora";

    /// <summary>As resolved for this model.</summary>
    public LoraConfig Config { get; }

    public IReadOnlyList<LoraAdapter> Adapters { get; }

    public IReadOnlyList<Parameter> Trained { get; }

    public bool Attached { get; private set; }

    public IReadOnlyList<WeightChange> WeightChanges =>
    [
        .. _biases.Select(bias => bias.Change(() => Attached)),
        .. Adapters.Select(adapter => new WeightChange(adapter.Linear.Weight, adapter.AddTo)),
    ];

    /// <inheritdoc/>
    public double Strength
    {
        get => Adapters[0].Strength;
        set { foreach (LoraAdapter adapter in Adapters) adapter.Strength = value; }
    }

    /// <summary>A new adapter, attached, with PEFT's initial values (it changes nothing yet).</summary>
    public static LoraMethod Create(LoraConfig config, TunableModel model, long seed)
    {
        var method = new LoraMethod(config, model);
        foreach (LoraAdapter adapter in method.Adapters) adapter.Initialise(seed);
        method.Attach();
        return method;
    }

    /// <summary>An adapter from a PEFT folder, attached.</summary>
    /// <exception cref="InvalidInputException">It was made for another model: a tensor is missing, left over or of another shape.</exception>
    public static LoraMethod Load(AdapterFolder folder, TunableModel model)
    {
        LoraConfig config = LoraConfig.FromJson(folder.Fields);
        LoraMethod method;
        try
        {
            method = new LoraMethod(config, model);
        }
        catch (InvalidInputException e)
        {
            throw new InvalidInputException("The adapter does not fit this model. " + e.Problem, folder.Weights.Path, $"It was made for {config.BaseModel ?? "another model"}.", e);
        }

        try
        {
            method.Read(folder);
            method.Attach();
            return method;
        }
        catch
        {
            method.Dispose();
            throw;
        }
    }

    public void Attach()
    {
        if (Attached) return;
        foreach (LoraAdapter adapter in Adapters) adapter.Linear.Adapters.Add(adapter);
        foreach (ReplacedParameter bias in _biases) bias.Swap();
        Attached = true;
    }

    /// <summary>The model is the base again.</summary>
    public void Detach()
    {
        if (!Attached) return;
        foreach (LoraAdapter adapter in Adapters) adapter.Linear.Adapters.Remove(adapter);
        foreach (ReplacedParameter bias in _biases) bias.Swap();
        Attached = false;
    }

    /// <summary>The modules that get an adapter.</summary>
    /// <exception cref="InvalidInputException">Nothing fits, or what fits cannot carry one.</exception>
    private static IReadOnlyList<string> TargetsOf(TargetModules wanted, IReadOnlyList<string> linears, string? head)
    {
        IReadOnlyList<string> targets = wanted.Resolve(head is null ? linears : [.. linears, head], head);
        return head is null || !targets.Contains(head) ? targets
            : throw new InvalidInputException($"`target_modules` names the output head {head}, which cannot have an adapter yet.", null, "Leave it out; all-linear does so.");
    }

    private static MethodFootprint FootprintOf(LoraSettings settings, ModelSizes sizes)
    {
        HashSet<string> targets = [.. TargetsOf(TargetModules.FromSetting(settings.TargetModules), [.. sizes.Linears.Select(linear => linear.Name)], sizes.HeadName)];
        LinearSize[] adapted = [.. sizes.Linears.Where(linear => targets.Contains(linear.Name))];
        return new MethodFootprint([.. adapted.SelectMany(linear => (long[][])[[settings.R, linear.In], [linear.Out, settings.R]])]) { KeptPerToken = adapted.ToDictionary(linear => linear.Name, _ => settings.R) };
    }

    /// <inheritdoc/>
    public string StoredNameOf(Parameter parameter) => _biases.FirstOrDefault(bias => bias.Parameter == parameter)?.StoredName ?? parameter.Name;

    public AdapterContents ToAdapter() => new(Config.ToJson(), new LoraTensors(Adapters, _biases).ToWrite(Attached));

    AdapterContents? ITuningMethod.ToAdapter() => ToAdapter();

    public void Read(AdapterFolder folder) => new LoraTensors(Adapters, _biases).Read(folder.Weights, Config.BaseModel, Attached);

    public void Dispose()
    {
        Detach();
        foreach (LoraAdapter adapter in Adapters) adapter.Dispose();
        foreach (ReplacedParameter bias in _biases) bias.Dispose();
    }

    private static IEnumerable<ReplacedParameter> Biases(LoraBias which, TunableModel model, HashSet<string> adapted)
    {
        if (which == LoraBias.None) yield break;
        foreach (Parameter parameter in model.Parameters)
        {
            if (!parameter.Name.EndsWith(".bias", StringComparison.Ordinal)) continue;
            bool ofAdapted = adapted.Contains(parameter.Name[..^".bias".Length]);
            if (which == LoraBias.All || ofAdapted) yield return new ReplacedParameter(parameter, LoraNames.Bias(parameter.Name, ofAdapted));
        }
    }
}
