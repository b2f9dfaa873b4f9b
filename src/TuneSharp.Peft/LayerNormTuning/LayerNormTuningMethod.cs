using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Nn;
using TuneSharp.Peft.AdapterFiles;
using TuneSharp.Peft.Replaced;

namespace TuneSharp.Peft.LayerNormTuning;

/// <summary>Layer-norm tuning (Zhao et al. 2023, arXiv:2312.11420): the model's norms are trained, all else is frozen.</summary>
internal sealed class LayerNormTuningMethod : ITuningMethod
{
    private const string Prefix = "base_model.model.", Wrapper = ".ln_tuning_layers";

    private readonly LayerNormTuningConfig _config;
    private readonly IReadOnlyList<ReplacedParameter> _replaced;

    public static TuningMethodEntry Entry { get; } = new()
    {
        Name = "ln_tuning",
        Aliases = ["layernorm_tuning"],
        PeftType = LayerNormTuningConfig.PeftType,
        Description = "The norms of the model; all else is frozen.",
        Chinese = "只训练模型的归一化层，其余冻结。",
        When = "Very few rows, or a change of style alone; hardly any memory beyond the activations.",
        WhenChinese = "数据极少或只需改变风格时；除激活外几乎不占额外内存。",
        NewOptions = () => new LayerNormTuningSettings(),
        Create = request =>
        {
            var method = new LayerNormTuningMethod(LayerNormTuningConfig.Of((LayerNormTuningSettings)request.Options, request.Model, request.BaseModel), request.Model);
            method.Attach();
            return method;
        },
        Load = Load,
        ReadOptions = folder => LayerNormTuningConfig.FromJson(folder.Fields).ToSettings(),
        // The norms of a model are not among its sizes; two a block and one at the end is what there mostly is.
        Footprint = (_, sizes) => new MethodFootprint([[2L * sizes.Shape.NumLayers + 1, sizes.Shape.HiddenSize]]),
        CanMerge = true,
    };

    private LayerNormTuningMethod(LayerNormTuningConfig config, TunableModel model)
    {
        _config = config;
        _replaced =
        [
            .. Norms.Resolve(model, config.TargetModules).Select(norm => new ReplacedParameter(norm.Parameter, Prefix + norm.Module + Wrapper + norm.Parameter.Name[norm.Module.Length..])),
            .. ModulesToSave.Of(model, config.Common.ModulesToSave, Prefix),
        ];
        Trained = [.. _replaced.Select(replaced => replaced.Parameter)];
    }

    public string Name => Entry.Name;

    public IReadOnlyList<Parameter> Trained { get; }

    public bool Attached { get; private set; }

    public IReadOnlyList<WeightChange> WeightChanges => [.. _replaced.Select(replaced => replaced.Change(() => Attached))];

    public string StoredNameOf(Parameter parameter) => _replaced.First(replaced => replaced.Parameter == parameter).StoredName;

    /// <exception cref="InvalidInputException">It was made for another model.</exception>
    private static LayerNormTuningMethod Load(AdapterFolder folder, TunableModel model)
    {
        var config = LayerNormTuningConfig.FromJson(folder.Fields);
        config.Common.RequireTask(model, folder.Fields.Where);
        return AdapterLoading.ReadAndAttach(folder, AdapterLoading.Make(folder, config.Common, () => new LayerNormTuningMethod(config, model)));
    }

    public void Attach()
    {
        if (Attached) return;
        foreach (ReplacedParameter replaced in _replaced) replaced.Swap();
        Attached = true;
    }

    public void Detach()
    {
        if (!Attached) return;
        foreach (ReplacedParameter replaced in _replaced) replaced.Swap();
        Attached = false;
    }

    public AdapterContents ToAdapter() => new(_config.ToJson(), AdapterTensors.ToWrite(Tensors()));

    AdapterContents? ITuningMethod.ToAdapter() => ToAdapter();

    public void Read(AdapterFolder folder) => AdapterTensors.Read(folder.Weights, Tensors(), _config.Common.BaseModel);

    public void Dispose()
    {
        Detach();
        foreach (ReplacedParameter replaced in _replaced) replaced.Dispose();
    }

    private IEnumerable<AdapterTensor> Tensors() => _replaced.Select(replaced => new AdapterTensor(replaced.StoredName, () => replaced.Values(Attached)));
}
