using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Nn;
using TuneSharp.Peft.AdapterFiles;
using TuneSharp.Peft.Replaced;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Bottleneck;

/// <summary>Bottleneck adapters on a model: Houlsby et al. 2019 (arXiv:1902.00751), Pfeiffer et al. 2020 (arXiv:2005.00247), He et al. 2021 (arXiv:2110.04366).</summary>
internal sealed class BottleneckMethod : ITuningMethod
{
    private readonly BottleneckFile _file;
    private readonly TunableModel _model;
    private readonly IReadOnlyList<BottleneckAdapter> _adapters;
    private readonly IReadOnlyList<ReplacedParameter> _heads;

    public static TuningMethodEntry Entry { get; } = new()
    {
        Name = "bottleneck",
        Aliases = ["adapter", "bn"],
        PeftType = AdapterFolder.Bottleneck,
        Description = "Small networks behind, or beside, the sub-layers of every block.",
        Chinese = "在每个模块的子层之后或旁边的小网络。",
        When = "One base with many tasks where a little time at each token does not matter; more of its own than LoRA, but it cannot be merged.",
        WhenChinese = "同一基座对应多个任务、可接受每个词元略多的计算时；表达能力强于 LoRA，但不能合并。",
        NewOptions = () => new BottleneckSettings(),
        Create = Create,
        Load = Load,
        ReadOptions = folder => BottleneckFile.Read(folder.Fields).ToSettings(),
        Footprint = (options, sizes) => FootprintOf(BottleneckConfig.Of((BottleneckSettings)options), sizes),
    };

    private BottleneckMethod(BottleneckFile file, TunableModel model)
    {
        _file = file;
        _model = model;
        _heads = ModulesToSave.Of(model, ModulesToSave.For(model, null), "");
        _adapters = [.. BottleneckPlaces.Of(model, file.Config, file.Name).Select(place => new BottleneckAdapter(place.Sum, place.Prefix, file.Config))];
        Trained = [.. _adapters.SelectMany(adapter => adapter.Parameters), .. _heads.Select(head => head.Parameter)];
    }

    public string Name => Entry.Name;

    public IReadOnlyList<Parameter> Trained { get; }

    public bool Attached { get; private set; }

    private static BottleneckMethod Create(MethodRequest request)
    {
        var config = BottleneckConfig.Of((BottleneckSettings)request.Options);
        var method = new BottleneckMethod(BottleneckFile.New(config, request.Model, request.BaseModel), request.Model);
        foreach (BottleneckAdapter adapter in method._adapters) adapter.Initialise(request.Seed);
        method.Attach();
        return method;
    }

    /// <exception cref="InvalidInputException">It was made for another model, or cannot be honoured.</exception>
    private static BottleneckMethod Load(AdapterFolder folder, TunableModel model)
    {
        var file = BottleneckFile.Read(folder.Fields);
        return AdapterLoading.ReadAndAttach(folder, AdapterLoading.Make(folder, new CommonKeys { BaseModel = file.BaseModel }, () => new BottleneckMethod(file, model)));
    }

    public void Attach()
    {
        if (Attached) return;
        if (_adapters.Any(adapter => adapter.Sum.Adapter is not null)) throw new InvalidInputException("The model has bottleneck adapters already; two cannot be used together.", null, "Switch the other one off first.");
        foreach (BottleneckAdapter adapter in _adapters) adapter.Sum.Adapter = adapter;
        foreach (ReplacedParameter head in _heads) head.Swap();
        Attached = true;
    }

    public void Detach()
    {
        if (!Attached) return;
        foreach (BottleneckAdapter adapter in _adapters) adapter.Sum.Adapter = null;
        foreach (ReplacedParameter head in _heads) head.Swap();
        Attached = false;
    }

    public AdapterContents ToAdapter()
    {
        var contents = new AdapterContents(_file.ToJson(), AdapterTensors.ToWrite(Tensors())) { WeightsFile = AdapterFolder.BottleneckWeightsFile };
        return _heads.Count == 0 ? contents : contents with
        {
            Beside = [(BottleneckFile.HeadFile, AdapterTensors.ToWrite(Heads()))],
            ConfigsBeside = [(BottleneckFile.HeadConfigFile, _file.HeadToJson(_model.TaskHeads[^1].Out))],
        };
    }

    AdapterContents? ITuningMethod.ToAdapter() => ToAdapter();

    public void Read(AdapterFolder folder)
    {
        AdapterTensors.Read(folder.Weights, Tensors(), _file.BaseModel);
        string path = Path.Combine(folder.Path, BottleneckFile.HeadFile);
        if (!File.Exists(path))
        {
            if (_heads.Count > 0) throw new InvalidInputException($"There is no {BottleneckFile.HeadFile}: the adapter was saved without the head that was trained with it.", folder.Path, "Save it again with its head.");
            return;
        }
        using SafetensorsFile head = SafetensorsFile.Open(path);
        if (_heads.Count > 0) AdapterTensors.Read(head, Heads(), _file.BaseModel);
        else RequireSameHead(head);
    }

    public void Dispose()
    {
        Detach();
        foreach (BottleneckAdapter adapter in _adapters) adapter.Dispose();
        foreach (ReplacedParameter head in _heads) head.Dispose();
    }

    private IEnumerable<AdapterTensor> Tensors() => _adapters.SelectMany(adapter => adapter.Parameters).Select(parameter => new AdapterTensor(parameter.Name, () => parameter.Value));

    private IEnumerable<AdapterTensor> Heads() => _heads.Select(head => new AdapterTensor(head.StoredName, () => head.Values(Attached)));

    /// <summary>The library stores the head of a language model too, which it does not train: it must be the base's.</summary>
    private void RequireSameHead(SafetensorsFile file)
    {
        if (_model.Head is not { Weight: { Packed: null } own } head) return;
        using var scope = NewDisposeScope();
        using var off = no_grad();
        Tensor stored = empty(own.Value.shape, own.Value.dtype);
        AdapterTensors.Read(file, [new AdapterTensor(head.Name + ".weight", () => stored, head.Transposed)], _file.BaseModel);
        if (!stored.eq(own.Value).all().item<bool>())
            throw new InvalidInputException("The adapter was saved with another output head than this model has.", file.Path, $"It was made for {_file.BaseModel ?? "another model"}; give that one as the base.");
    }

    private static MethodFootprint FootprintOf(BottleneckConfig config, ModelSizes sizes)
    {
        long d = sizes.Shape.HiddenSize, b = config.WidthOf((int)d);
        int count = sizes.Shape.NumLayers * ((config.AfterAttention ? 1 : 0) + (config.AfterMlp ? 1 : 0)), norms = (config.NormBefore ? 1 : 0) + (config.NormAfter ? 1 : 0);
        return new MethodFootprint([.. Enumerable.Range(0, count).SelectMany(_ => (long[][])[[b, d + 1], [d, b + 1], .. Enumerable.Repeat((long[])[2, d], norms)])]);
    }
}
