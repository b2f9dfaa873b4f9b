using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Nn;
using TuneSharp.Peft.AdapterFiles;
using TuneSharp.Peft.Replaced;

namespace TuneSharp.Peft.Ia3;

/// <summary>IA3 on a model: one <see cref="Ia3Adapter"/> in a slot of each target module.</summary>
internal sealed class Ia3Method : ITuningMethod
{
    private readonly Ia3Config _config;
    private readonly IReadOnlyList<Ia3Adapter> _adapters;
    private readonly IReadOnlyList<ReplacedParameter> _saved;

    public static TuningMethodEntry Entry { get; } = new()
    {
        Name = "ia3",
        PeftType = Ia3Config.PeftType,
        Description = "A trained factor for every key, value and MLP unit: the smallest adapter.",
        Chinese = "为每个键、值和 MLP 单元训练一个缩放系数：最小的适配器。",
        When = "Few rows, and many adapters to be kept: it is the smallest that can be merged.",
        WhenChinese = "数据少、需要保存许多适配器时：可合并的方法中最小的一种。",
        NewOptions = () => new Ia3Settings(),
        Create = request => New(Ia3Config.Of((Ia3Settings)request.Options, request.Model, request.BaseModel), request.Model),
        Load = Load,
        ReadOptions = folder => Ia3Config.FromJson(folder.Fields).ToSettings(),
        Footprint = (options, sizes) => FootprintOf((Ia3Settings)options, sizes),
        CanMerge = true,
    };

    private Ia3Method(Ia3Config config, TunableModel model)
    {
        _config = config;
        HashSet<string> targets = [.. Ia3Targets.Resolve(config.TargetModules, [.. model.Linears.Select(linear => linear.Name)], model.Head?.Name)];
        _saved = ModulesToSave.Of(model, config.Common.ModulesToSave, "base_model.model.");
        _adapters = [.. model.Linears.Where(linear => targets.Contains(linear.Name)).Select(linear => new Ia3Adapter(linear, Ia3Targets.IsFeedforward(linear.Name, config.FeedforwardModules)))];
        Trained = [.. _adapters.Select(adapter => adapter.Factors), .. _saved.Select(saved => saved.Parameter)];
    }

    public string Name => Entry.Name;

    public IReadOnlyList<Parameter> Trained { get; }

    public bool Attached { get; private set; }

    public IReadOnlyList<WeightChange> WeightChanges => [.. _saved.Select(saved => saved.Change(() => Attached)), .. _adapters.SelectMany(adapter => adapter.Changes())];

    public string StoredNameOf(Parameter parameter) => _saved.FirstOrDefault(saved => saved.Parameter == parameter)?.StoredName ?? parameter.Name;

    private static Ia3Method New(Ia3Config config, TunableModel model)
    {
        var method = new Ia3Method(config, model);
        method.Attach();
        return method;
    }

    /// <exception cref="InvalidInputException">It was made for another model.</exception>
    private static Ia3Method Load(AdapterFolder folder, TunableModel model)
    {
        var config = Ia3Config.FromJson(folder.Fields);
        config.Common.RequireTask(model, folder.Fields.Where);
        Ia3Method method = AdapterLoading.Make(folder, config.Common, () => new Ia3Method(config, model));
        return AdapterLoading.ReadAndAttach(folder, method);
    }

    public void Attach()
    {
        if (Attached) return;
        foreach (Ia3Adapter adapter in _adapters) adapter.Linear.Adapters.Add(adapter);
        foreach (ReplacedParameter saved in _saved) saved.Swap();
        Attached = true;
    }

    public void Detach()
    {
        if (!Attached) return;
        foreach (Ia3Adapter adapter in _adapters) adapter.Linear.Adapters.Remove(adapter);
        foreach (ReplacedParameter saved in _saved) saved.Swap();
        Attached = false;
    }

    public AdapterContents ToAdapter() => new(_config.ToJson(), AdapterTensors.ToWrite(Tensors()));

    AdapterContents? ITuningMethod.ToAdapter() => ToAdapter();

    public void Read(AdapterFolder folder) => AdapterTensors.Read(folder.Weights, Tensors(), _config.Common.BaseModel);

    public void Dispose()
    {
        Detach();
        foreach (Ia3Adapter adapter in _adapters) adapter.Dispose();
        foreach (ReplacedParameter saved in _saved) saved.Dispose();
    }

    private IEnumerable<AdapterTensor> Tensors() =>
    [
        .. _adapters.Select(adapter => new AdapterTensor(adapter.Factors.Name, () => adapter.Factors.Value)),
        .. _saved.Select(saved => new AdapterTensor(saved.StoredName, () => saved.Values(Attached))),
    ];

    private static MethodFootprint FootprintOf(Ia3Settings settings, ModelSizes sizes)
    {
        string[] linears = [.. sizes.Linears.Select(linear => linear.Name)];
        HashSet<string> targets = [.. Ia3Targets.Resolve(Ia3Targets.Of(settings.TargetModules, linears), linears, sizes.HeadName)];
        IReadOnlyList<string> feedforward = Ia3Targets.FeedforwardOf(settings.FeedforwardModules, [.. targets]);
        LinearSize[] adapted = [.. sizes.Linears.Where(linear => targets.Contains(linear.Name))];
        int WidthOf(LinearSize linear) => Ia3Targets.IsFeedforward(linear.Name, feedforward) ? linear.In : linear.Out;
        // What is scaled is kept for the factors' gradients.
        return new MethodFootprint([.. adapted.Select(linear => (long[])[WidthOf(linear)])]) { KeptPerToken = adapted.ToDictionary(linear => linear.Name, WidthOf) };
    }
}
