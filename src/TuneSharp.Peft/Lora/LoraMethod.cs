using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Nn;
using TuneSharp.Peft.AdapterFiles;
using TuneSharp.Peft.Lora.Dora;
using TuneSharp.Peft.Lora.Embeddings;
using TuneSharp.Peft.Lora.Initialisation;
using TuneSharp.Peft.Replaced;
using TuneSharp.Peft.Settings;
using TuneSharp.Peft.TrainableTokens;

namespace TuneSharp.Peft.Lora;

/// <summary>
/// A LoRA adapter on a model: one <see cref="LoraAdapter"/> in a slot of each target module, and what is trained with it. The base
/// is never edited: detached, it is bit for bit what it was.
/// </summary>
public sealed class LoraMethod : ITuningMethod
{
    private readonly LoraParts _parts;
    private readonly IReadOnlyList<AdapterTensor> _tensors;
    private IReadOnlyList<StartResidual> _residuals = [];
    private double _strength = 1;

    public static TuningMethodEntry Entry { get; } = new()
    {
        Name = "lora",
        PeftType = "LORA",
        Description = "Low-rank adapter beside the frozen linear modules.",
        Chinese = "冻结线性层旁的低秩适配器。",
        When = "First choice: a few hundred rows and more, small files, several tunings of one base; with quantization (QLoRA) for large models.",
        WhenChinese = "首选：数百条以上数据、文件小、同一基座多次微调；大模型可配合 quantization（QLoRA）。",
        NewOptions = () => new LoraSettings(),
        Create = request => Create((LoraSettings)request.Options, request),
        Load = Load,
        ReadOptions = folder => LoraConfig.FromJson(folder.Fields).ToSettings(),
        Footprint = (options, sizes) => LoraFootprint.Of(LoraConfig.FromSettings(((LoraSettings)options).For([.. sizes.Linears.Select(linear => linear.Name)]), null), sizes),
        CanMerge = true,
    };

    private LoraMethod(LoraConfig config, TunableModel model)
    {
        _parts = new LoraParts(config, model);
        _tensors = _parts.Tensors(() => Attached);
        Trained = [.. _parts.Trained];
    }

    public string Name => "lora";

    /// <summary>As resolved for this model.</summary>
    public LoraConfig Config => _parts.Config;

    /// <summary>On linears.</summary>
    public IReadOnlyList<LoraAdapter> Adapters => _parts.Linears;

    /// <summary>On the token embedding; null: it is no target.</summary>
    public LoraEmbedding? Embedding => _parts.Embedding;

    public IReadOnlyList<Parameter> Trained { get; }

    public bool Attached { get; private set; }

    /// <summary>What PiSSA or OLoRA took out of the base, for each of <see cref="Adapters"/>; else empty.</summary>
    internal IReadOnlyList<StartResidual> Residuals => _residuals;

    internal LoraParts Parts => _parts;

    /// <summary>A part of it stands in place of the base's weights, so that it cannot be one of several in a batch.</summary>
    internal bool ReplacesWeights => _parts.Doras.Count > 0 || _parts.Tokens is not null || _parts.Replaced.Count > 0;

    /// <summary>What adds to a linear's output.</summary>
    internal IReadOnlyList<ILinearAdapter> SlotsOf(Linear linear) => [.. Adapters.Where(adapter => adapter.Linear == linear), .. _residuals.Where(residual => residual.Lora.Linear == linear)];

    public IReadOnlyList<WeightChange> WeightChanges => LoraMerging.ChangesOf(this);

    /// <inheritdoc/>
    public double Strength
    {
        get => _strength;
        set
        {
            _strength = value;
            foreach (LoraAdapter adapter in Adapters) adapter.Strength = value;
            if (Embedding is { } embedding) embedding.Strength = value;
        }
    }

    private static LoraMethod Create(LoraSettings settings, MethodRequest request)
    {
        LoraConfig config = LoraConfig.FromSettings(settings.For([.. request.Model.Linears.Select(linear => linear.Name)]), request.BaseModel, request.Model.TaskType);
        LoraMethod method = Create(config with { ModulesToSave = ModulesToSave.For(request.Model, config.ModulesToSave) }, request.Model, request.Seed);
        if (settings.FanInFanOut is not { } said || said == method.Config.FanInFanOut) return method;
        method.Dispose();
        throw new InvalidInputException($"`fan_in_fan_out` is {(said ? "true" : "false")}, but the targets of this model are stored as {(said ? "[out, in]" : "[in, out]")}.", null, "Remove the key: the model says it itself.");
    }

    /// <summary>A new adapter, attached, with PEFT's first values (but for `false` and `orthogonal` it changes nothing yet).</summary>
    public static LoraMethod Create(LoraConfig config, TunableModel model, long seed)
    {
        var method = new LoraMethod(config, model);
        foreach (LoraAdapter adapter in method.Adapters) FirstValues.Fill(adapter, config.Start, seed);
        if (method.Embedding is { } embedding) FirstValues.Fill(embedding, config.Start, seed);
        method.TakeFromBase(begin: true);
        foreach (DoraAdapter dora in method._parts.Doras) dora.Initialise();
        method.Attach();
        return method;
    }

    /// <summary>An adapter from a PEFT folder, attached.</summary>
    /// <exception cref="InvalidInputException">It was made for another model: a tensor is missing, left over or of another shape.</exception>
    public static LoraMethod Load(AdapterFolder folder, TunableModel model)
    {
        LoraConfig config = LoraConfig.FromJson(folder.Fields);
        config.Common.RequireTask(model, folder.Path);
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
            method.TakeFromBase(begin: false);
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
        if (_parts.Doras.Count == 0) foreach (LoraAdapter adapter in Adapters) adapter.Linear.Adapters.Add(adapter);
        foreach (DoraAdapter dora in _parts.Doras)
        {
            dora.Forget();
            dora.Lora.Linear.Adapters.Add(dora);
        }
        foreach (StartResidual residual in _residuals) residual.Lora.Linear.Adapters.Add(residual);
        if (Embedding is { } embedding) embedding.Embedding.Adapters.Add(embedding);
        _parts.Tokens?.Attach();
        foreach (ReplacedParameter replaced in _parts.Replaced) replaced.Swap();
        Attached = true;
    }

    /// <summary>The model is the base again.</summary>
    public void Detach()
    {
        if (!Attached) return;
        foreach (LoraAdapter adapter in Adapters) adapter.Linear.Adapters.Remove(adapter);
        foreach (DoraAdapter dora in _parts.Doras) dora.Lora.Linear.Adapters.Remove(dora);
        foreach (StartResidual residual in _residuals) residual.Lora.Linear.Adapters.Remove(residual);
        if (Embedding is { } embedding) embedding.Embedding.Adapters.Remove(embedding);
        _parts.Tokens?.Detach();
        foreach (ReplacedParameter replaced in _parts.Replaced) replaced.Swap();
        Attached = false;
    }

    /// <inheritdoc/>
    public string StoredNameOf(Parameter parameter) => _parts.Replaced.FirstOrDefault(replaced => replaced.Parameter == parameter)?.StoredName ?? parameter.Name;

    public AdapterContents ToAdapter() => new(Config.ToJson(), AdapterTensors.ToWrite(_tensors));

    AdapterContents? ITuningMethod.ToAdapter() => ToAdapter();

    /// <summary>An ordinary LoRA that does the same on the untouched base; see <see cref="PlainLora"/>.</summary>
    public AdapterContents ToPlainAdapter() => PlainLora.Of(this);

    public void Read(AdapterFolder folder) => AdapterTensors.Read(folder.Weights, _tensors, Config.BaseModel);

    public void Dispose()
    {
        Detach();
        foreach (StartResidual residual in _residuals) residual.Dispose();
        _parts.Dispose();
    }

    /// <summary>PiSSA, OLoRA: what the adapter begins with, so that base and adapter together are the base.</summary>
    /// <param name="begin">A and B get these values too.</param>
    private void TakeFromBase(bool begin)
    {
        if (!Config.Start.TakesFromBase) return;
        _residuals = [.. Adapters.Select(adapter =>
        {
            var (a, b) = BaseDecomposition.Of(adapter, Config.Start);
            if (begin)
            {
                adapter.A.Value.copy_(a);
                adapter.B.Value.copy_(b);
            }
            return new StartResidual(adapter, a, b);
        })];
    }
}
