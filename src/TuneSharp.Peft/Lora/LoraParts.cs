using TuneSharp.Formats;
using TuneSharp.Nn;
using TuneSharp.Peft.AdapterFiles;
using TuneSharp.Peft.Lora.Dora;
using TuneSharp.Peft.Lora.Embeddings;
using TuneSharp.Peft.Lora.Initialisation;
using TuneSharp.Peft.Replaced;
using TuneSharp.Peft.TrainableTokens;

namespace TuneSharp.Peft.Lora;

/// <summary>What a LoRA config comes to on one model: an adapter for each target, and what is trained beside them. Nothing is attached yet.</summary>
internal sealed class LoraParts : IDisposable
{
    private readonly TunableModel _model;
    private readonly LoraConfig _config;
    private readonly HashSet<string> _adapted;

    /// <param name="config">As a person or a file gives it.</param>
    /// <param name="model">Gets the adapter.</param>
    /// <exception cref="InvalidInputException">Something of the config fits nothing in this model, or cannot be done there.</exception>
    public LoraParts(LoraConfig config, TunableModel model)
    {
        _model = model;
        _config = config;
        LoraTargets targets = LoraTargets.Of(config, model);
        _adapted = [.. targets.Chosen];
        Config = targets.Resolved(config) with { ModulesToSave = SavedNames() };
        Linears = [.. targets.Linears(model).Select(linear => new LoraAdapter(linear, config))];
        if (config.UseDora) Doras = [.. Linears.Select(adapter => new DoraAdapter(adapter))];
        if (model.Embedding is { } embedding && _adapted.Contains(embedding.Name)) Embedding = LoraEmbeddingOf(embedding);
        if (config.TrainableTokens is { } tokens) Tokens = TokensOf(tokens);
        Replaced = [.. SavedModules(), .. Biases()];
    }

    /// <summary>With what all-linear stood for on this model, and how its matrices are stored.</summary>
    public LoraConfig Config { get; }

    public IReadOnlyList<LoraAdapter> Linears { get; }

    /// <summary>One for each of <see cref="Linears"/> with use_dora, else none.</summary>
    public IReadOnlyList<DoraAdapter> Doras { get; } = [];

    public LoraEmbedding? Embedding { get; }

    public TokenRows? Tokens { get; }

    public IReadOnlyList<ReplacedParameter> Replaced { get; }

    /// <summary>The output head if it has an adapter.</summary>
    public Linear? AdaptedHead => _model.Head is { } head && _adapted.Contains(head.Name) ? head : null;

    /// <summary>Whether embedding and head are one matrix.</summary>
    public bool IsTied => _model.Head is { } head && _model.Embedding is { } embedding && ReferenceEquals(head.Weight, embedding.Weight);

    public IEnumerable<Parameter> Trained =>
    [
        .. Linears.SelectMany(adapter => adapter.Parameters),
        .. Doras.Select(dora => dora.Magnitude),
        .. Embedding is null ? (Parameter[])[] : [Embedding.A, Embedding.B],
        .. Tokens is null ? (Parameter[])[] : [Tokens.Rows],
        .. Replaced.Select(replaced => replaced.Parameter),
    ];

    /// <summary>Everything of adapter_model.safetensors.</summary>
    /// <param name="attached">Asked when values are read or written.</param>
    public IReadOnlyList<AdapterTensor> Tensors(Func<bool> attached) =>
    [
        .. Linears.SelectMany(OfLinear),
        // Other releases of PEFT write it with .weight.
        .. Doras.Select(dora => new AdapterTensor(dora.Magnitude.Name, () => dora.Magnitude.Value) { OlderName = dora.Magnitude.Name + ".weight" }),
        .. OfEmbedding(),
        .. Tokens is { } tokens ? OfTokens(tokens) : [],
        // Older releases of PEFT wrote an adapted module's bias without the layer in between.
        .. Replaced.Select(replaced => new AdapterTensor(replaced.StoredName, () => replaced.Values(attached())) { OlderName = replaced.StoredName.Replace(".base_layer.bias", ".bias") }),
        .. TiedCopy(attached),
    ];

    public void Dispose()
    {
        foreach (LoraAdapter adapter in Linears) adapter.Dispose();
        foreach (DoraAdapter dora in Doras) dora.Dispose();
        Embedding?.Dispose();
        Tokens?.Dispose();
        foreach (ReplacedParameter replaced in Replaced) replaced.Dispose();
    }

    private static IEnumerable<AdapterTensor> OfLinear(LoraAdapter adapter)
    {
        yield return new AdapterTensor(adapter.A.Name, () => adapter.A.Value);
        yield return new AdapterTensor(adapter.B.Name, () => adapter.B.Value, Transposed: true);
        if (adapter.Bias is { } bias) yield return new AdapterTensor(bias.Name, () => bias.Value);
    }

    private IEnumerable<AdapterTensor> OfEmbedding()
    {
        if (Embedding is { } lora)
        {
            yield return new AdapterTensor(lora.A.Name, () => lora.A.Value, Transposed: true);
            yield return new AdapterTensor(lora.B.Name, () => lora.B.Value, Transposed: true);
            if (LoraTargets.StoresBaseOf(_config, lora.Embedding.Name)) yield return new AdapterTensor(LoraNames.BaseWeight(lora.Embedding.Name), () => lora.Embedding.Weight.Value) { OfBase = true };
        }
        if (AdaptedHead is { } head && LoraTargets.StoresBaseOf(_config, head.Name))
            yield return new AdapterTensor(LoraNames.BaseWeight(head.Name), () => head.Weight.Value) { OfBase = true };
    }

    private static IEnumerable<AdapterTensor> OfTokens(TokenRows tokens)
    {
        yield return new AdapterTensor(tokens.Rows.Name, () => tokens.Rows.Value);
        if (tokens.Head is { } head) yield return new AdapterTensor(LoraNames.Module(head.Name) + LoraNames.TokenRows, () => tokens.Rows.Value);
    }

    /// <summary>A matrix that is embedding and head is written under both names.</summary>
    private IEnumerable<AdapterTensor> TiedCopy(Func<bool> attached)
    {
        if (!IsTied || Replaced.FirstOrDefault(replaced => ReferenceEquals(replaced.Parameter, _model.Head!.Weight)) is not { } matrix) yield break;
        yield return new AdapterTensor(LoraNames.Module(_model.Head!.Name) + ".weight", () => matrix.Values(attached()));
    }

    private LoraEmbedding LoraEmbeddingOf(Embedding embedding)
    {
        if (_config.EnsureWeightTying && IsTied) throw new InvalidInputException($"A LoRA on {embedding.Name} cannot be tied to the output head {_model.Head!.Name}.", null, "Set ensure_weight_tying: false, or train the matrix with modules_to_save.");
        if (_config.UseDora) throw new InvalidInputException($"`use_dora` is not possible for the token embedding {embedding.Name}.", null, "Leave it out of target_modules, or set use_dora: false.");
        if (_config.HasLoraBias) throw new InvalidInputException($"`lora_bias` is not possible for the token embedding {embedding.Name}.", null, "Leave it out of target_modules, or set lora_bias: false.");
        if (_config.Start.TakesFromBase) throw new InvalidInputException($"init_lora_weights: {_config.Start.ToText()} is not possible for the token embedding {embedding.Name}.", null, "Leave it out of target_modules.");
        return new LoraEmbedding(embedding, _config);
    }

    private TokenRows TokensOf(TokenChoice choice)
    {
        if (_model.Embedding is not { } embedding) throw new InvalidInputException("`trainable_token_indices` needs a token embedding, which this model does not have.", null, "Remove it.");
        if (_adapted.Contains(embedding.Name)) throw new InvalidInputException($"{embedding.Name} is in target_modules and in trainable_token_indices.", null, "Choose one of them.");
        return new TokenRows(LoraNames.Module(embedding.Name) + LoraNames.TokenRows, embedding, choice.OfEmbedding(embedding.Name), IsTied ? _model.Head : null);
    }

    private IReadOnlyList<ReplacedParameter> SavedModules()
    {
        if (_config.ModulesToSave is not { } names) return [];
        if (!IsTied) return ModulesToSave.Of(_model, names, LoraNames.Module(""));
        // The checkpoint knows the one matrix as the embedding's.
        string head = _model.Head!.Name, embedding = _model.Embedding!.Name;
        names = [.. names.Select(name => head.EndsWith(name, StringComparison.Ordinal) ? embedding : name)];
        if (ModulesToSave.Cover(names, _model.Head.Weight) && !_config.EnsureWeightTying)
            throw new InvalidInputException($"{embedding} and {head} are one matrix, and modules_to_save would make two of it.", null, "Set ensure_weight_tying: true to train it as one.");
        return ModulesToSave.Of(_model, names, LoraNames.Module(""));
    }

    /// <summary>PEFT names a tied matrix in full beside what a person called it.</summary>
    private IReadOnlyList<string>? SavedNames() => IsTied && _config.EnsureWeightTying && ModulesToSave.Cover(_config.ModulesToSave, _model.Head!.Weight) && !_config.ModulesToSave!.Contains(_model.Embedding!.Name)
        ? [.. _config.ModulesToSave!, _model.Embedding!.Name] : _config.ModulesToSave;

    private IEnumerable<ReplacedParameter> Biases()
    {
        if (_config.Bias == LoraBias.None) yield break;
        foreach (Parameter parameter in _model.Parameters)
        {
            if (!parameter.Name.EndsWith(".bias", StringComparison.Ordinal) || ModulesToSave.Cover(_config.ModulesToSave, parameter)) continue;
            bool ofAdapted = _adapted.Contains(parameter.Name[..^".bias".Length]);
            if (_config.Bias == LoraBias.All || ofAdapted) yield return new ReplacedParameter(parameter, LoraNames.Bias(parameter.Name, ofAdapted));
        }
    }
}
