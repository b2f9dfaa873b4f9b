using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Nn;
using TuneSharp.Peft.AdapterFiles;
using TuneSharp.Peft.Replaced;

namespace TuneSharp.Peft.TrainableTokens;

/// <summary>Only some rows of the token embedding are trained, as for new special tokens; a tied output head follows them.</summary>
public sealed class TrainableTokensMethod : ITuningMethod
{
    private const string Suffix = ".trainable_tokens_delta", Prefix = "base_model.model.";

    private readonly TrainableTokensConfig _config;
    private readonly TokenRows _rows;
    private readonly IReadOnlyList<ReplacedParameter> _replaced;
    private readonly IReadOnlyList<AdapterTensor> _tensors;

    public static TuningMethodEntry Entry { get; } = new()
    {
        Name = "trainable_tokens",
        PeftType = TrainableTokensConfig.PeftType,
        Description = "Single rows of the token embedding, as for new special tokens.",
        Chinese = "词嵌入中的个别行，例如新增的特殊词元。",
        When = "New special tokens or words that the model must learn to read, and nothing else.",
        WhenChinese = "需要让模型学会新增的特殊词元或词语、且不改变其他部分时。",
        NewOptions = () => new TrainableTokensSettings(),
        Create = request =>
        {
            var method = new TrainableTokensMethod(TrainableTokensConfig.FromSettings((TrainableTokensSettings)request.Options, request.Model, request.BaseModel), request.Model);
            method.Attach();
            return method;
        },
        Load = Load,
        ReadOptions = folder => TrainableTokensConfig.Read(folder.Fields) is var config ? new TrainableTokensSettings { TokenIndices = config.Tokens.ToJson(), TargetModules = config.Targets?.ToSetting() ?? [] } : null!,
        Footprint = (options, sizes) => new MethodFootprint([[TrainableTokensConfig.FromSettings((TrainableTokensSettings)options, null, null).Tokens.Parts.Sum(part => part.Ids.Count), sizes.Shape.HiddenSize]]),
        CanMerge = true,
    };

    private TrainableTokensMethod(TrainableTokensConfig config, TunableModel model)
    {
        Embedding embedding = model.Embedding ?? throw new InvalidInputException("`trainable_tokens` needs a token embedding, which this model does not have.", null, "Choose another method.");
        config.CheckTarget(embedding.Name);
        _config = config;
        Linear? tied = model.Head is { } head && ReferenceEquals(head.Weight, embedding.Weight) ? model.Head : null;
        _rows = new TokenRows(Prefix + embedding.Name + Suffix, embedding, config.Tokens.OfEmbedding(embedding.Name), tied);
        _replaced = ModulesToSave.Of(model, config.Common.ModulesToSave, Prefix);
        Trained = [_rows.Rows, .. _replaced.Select(replaced => replaced.Parameter)];
        _tensors =
        [
            new AdapterTensor(_rows.Rows.Name, () => _rows.Rows.Value),
            .. tied is null ? (AdapterTensor[])[] : [new AdapterTensor(Prefix + tied.Name + Suffix, () => _rows.Rows.Value)],
            .. _replaced.Select(replaced => new AdapterTensor(replaced.StoredName, () => replaced.Values(Attached))),
        ];
    }

    public string Name => Entry.Name;

    public IReadOnlyList<Parameter> Trained { get; }

    public bool Attached { get; private set; }

    public IReadOnlyList<WeightChange> WeightChanges => [_rows.Change(), .. _replaced.Select(replaced => replaced.Change(() => Attached))];

    /// <summary>An adapter from a PEFT folder, attached.</summary>
    /// <exception cref="InvalidInputException">It was made for another model.</exception>
    public static TrainableTokensMethod Load(AdapterFolder folder, TunableModel model)
    {
        TrainableTokensConfig config = TrainableTokensConfig.Read(folder.Fields);
        config.Common.RequireTask(model, folder.Path);
        var method = new TrainableTokensMethod(config, model);
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
        _rows.Attach();
        foreach (ReplacedParameter replaced in _replaced) replaced.Swap();
        Attached = true;
    }

    public void Detach()
    {
        if (!Attached) return;
        _rows.Detach();
        foreach (ReplacedParameter replaced in _replaced) replaced.Swap();
        Attached = false;
    }

    /// <inheritdoc/>
    public string StoredNameOf(Parameter parameter) => _replaced.FirstOrDefault(replaced => replaced.Parameter == parameter)?.StoredName ?? parameter.Name;

    public AdapterContents? ToAdapter() => new(_config.ToJson(_rows.Embedding.Name), AdapterTensors.ToWrite(_tensors));

    public void Read(AdapterFolder folder) => AdapterTensors.Read(folder.Weights, _tensors, _config.Common.BaseModel);

    public void Dispose()
    {
        Detach();
        _rows.Dispose();
        foreach (ReplacedParameter replaced in _replaced) replaced.Dispose();
    }
}
