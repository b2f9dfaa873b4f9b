namespace TuneSharp.Nn;

/// <summary>What a tuning method sees of a model: its modules with their slots and all its parameters, but no family.</summary>
/// <param name="Linears">Every linear module of the blocks.</param>
/// <param name="Parameters">Every stored weight once; tied ones once.</param>
/// <param name="Head">The output head of a language model, which is not among <paramref name="Linears"/>; null: the model has none.</param>
public sealed record TunableModel(IReadOnlyList<Linear> Linears, IReadOnlyList<Parameter> Parameters, Linear? Head)
{
    /// <summary>The token embedding; null only in models made by tests.</summary>
    public Embedding? Embedding { get; init; }

    /// <summary>The sums after attention and MLP, two a block, in order.</summary>
    public IReadOnlyList<ResidualSum> Residuals { get; init; } = [];

    /// <summary>Where keys and values before every row go; null: the model has no such place.</summary>
    public PrefixSlot? Prefix { get; init; }

    /// <summary>Linears of a task's head (classifier, score, …), which every method trains as a whole.</summary>
    public IReadOnlyList<Linear> TaskHeads { get; init; } = [];

    /// <summary>Its sizes; null only in models made by tests.</summary>
    public ModelShape? Shape { get; init; }

    /// <summary>PEFT's word for what the model does, as in CAUSAL_LM or SEQ_CLS.</summary>
    public string TaskType { get; init; } = "CAUSAL_LM";
}
