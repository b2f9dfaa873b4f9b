using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Nn;
using TuneSharp.Peft.Targets;

namespace TuneSharp.Peft.Lora;

/// <summary>
/// A LoRA adapter on a model: one <see cref="LoraAdapter"/> in a slot of each target module, and the biases that are trained
/// with it. The base is never edited: detached, it is bit for bit what it was.
/// </summary>
public sealed class LoraMethod : ITuningMethod
{
    private readonly IReadOnlyList<TrainedBias> _biases;

    private LoraMethod(LoraConfig config, TunableModel model)
    {
        Config = config;
        IReadOnlyList<string> targets = TargetsOf(config.TargetModules, [.. model.Linears.Select(linear => linear.Name)], model.Head.Name);
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

    /// <summary>Parameters of the base that the adapter replaces by its own (biases), and their values in the adapter.</summary>
    public IEnumerable<(Parameter Parameter, TorchSharp.torch.Tensor Value)> Replaced => _biases.Select(bias => (bias.Parameter, bias.Values(Attached)));

    /// <summary>Multiplies the low-rank part: 1 as trained.</summary>
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
        foreach (TrainedBias bias in _biases) bias.Swap();
        Attached = true;
    }

    /// <summary>The model is the base again.</summary>
    public void Detach()
    {
        if (!Attached) return;
        foreach (LoraAdapter adapter in Adapters) adapter.Linear.Adapters.Remove(adapter);
        foreach (TrainedBias bias in _biases) bias.Swap();
        Attached = false;
    }

    /// <summary>The modules that get an adapter.</summary>
    /// <exception cref="InvalidInputException">Nothing fits, or what fits cannot carry one.</exception>
    internal static IReadOnlyList<string> TargetsOf(TargetModules wanted, IReadOnlyList<string> linears, string head)
    {
        IReadOnlyList<string> targets = wanted.Resolve([.. linears, head], head);
        return !targets.Contains(head) ? targets
            : throw new InvalidInputException($"`target_modules` names the output head {head}, which cannot have an adapter yet.", null, "Leave it out; all-linear does so.");
    }

    /// <summary>The name of a trained parameter in the adapter's file.</summary>
    internal string StoredNameOf(Parameter parameter) => _biases.FirstOrDefault(bias => bias.Parameter == parameter)?.StoredName ?? parameter.Name;

    public AdapterContents ToAdapter() => new(Config.ToJson(), new LoraTensors(Adapters, _biases).ToWrite(Attached));

    AdapterContents? ITuningMethod.ToAdapter() => ToAdapter();

    public void Read(AdapterFolder folder) => new LoraTensors(Adapters, _biases).Read(folder.Weights, Config.BaseModel, Attached);

    public void Dispose()
    {
        Detach();
        foreach (LoraAdapter adapter in Adapters) adapter.Dispose();
        foreach (TrainedBias bias in _biases) bias.Dispose();
    }

    private static IEnumerable<TrainedBias> Biases(LoraBias which, TunableModel model, HashSet<string> adapted)
    {
        if (which == LoraBias.None) yield break;
        foreach (Parameter parameter in model.Parameters)
        {
            if (!parameter.Name.EndsWith(".bias", StringComparison.Ordinal)) continue;
            bool ofAdapted = adapted.Contains(parameter.Name[..^".bias".Length]);
            if (which == LoraBias.All || ofAdapted) yield return new TrainedBias(parameter, LoraNames.Bias(parameter.Name, ofAdapted));
        }
    }
}
