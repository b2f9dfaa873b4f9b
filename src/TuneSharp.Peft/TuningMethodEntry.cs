using TuneSharp.Formats.Adapters;
using TuneSharp.Nn;
using TuneSharp.Peft.Settings;

namespace TuneSharp.Peft;

/// <summary>What a new method is made from.</summary>
/// <param name="Options">Of the method's own type, checked.</param>
/// <param name="Model">Gets the adapter.</param>
/// <param name="Seed">Of the first values.</param>
/// <param name="BaseModel">Path or name of the base, for adapter_config.json.</param>
public sealed record MethodRequest(IMethodOptions Options, TunableModel Model, long Seed, string? BaseModel)
{
    /// <summary>A text's ids with the tokens that the tokenizer puts around a text; null: there is no tokenizer.</summary>
    public Func<string, IReadOnlyList<int>>? Tokenize { get; init; }
}

/// <summary>One tuning method; <see cref="PeftCatalog"/> lists them.</summary>
public sealed record TuningMethodEntry
{
    /// <summary>The key in `method`.</summary>
    public required string Name { get; init; }

    /// <summary>Other words for it.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The `peft_type` of its adapters; null if its result is the model itself.</summary>
    public string? PeftType { get; init; }

    /// <summary>One line for help and documentation: English, then Chinese.</summary>
    public required string Description { get; init; }

    public required string Chinese { get; init; }

    /// <summary>When to prefer it, in half a sentence: English, then Chinese.</summary>
    public string When { get; init; } = "";

    public string WhenChinese { get; init; } = "";

    /// <summary>Its settings with their defaults; the type's [Setting]s are the method's keys in a recipe.</summary>
    public required Func<IMethodOptions> NewOptions { get; init; }

    /// <summary>A new one, attached.</summary>
    public required Func<MethodRequest, ITuningMethod> Create { get; init; }

    /// <summary>One from an adapter of its <see cref="PeftType"/>, attached; null if it makes none.</summary>
    public Func<AdapterFolder, TunableModel, ITuningMethod>? Load { get; init; }

    /// <summary>The settings with which such an adapter was made; null if it makes none.</summary>
    public Func<AdapterFolder, IMethodOptions>? ReadOptions { get; init; }

    /// <summary>What it takes on a model. Throws where <see cref="Create"/> would: when its targets fit nothing.</summary>
    public required Func<IMethodOptions, ModelSizes, MethodFootprint> Footprint { get; init; }

    /// <summary>Merging into the base's weights is possible.</summary>
    public bool CanMerge { get; init; }
}
