namespace TuneSharp.Models.Weights;

/// <summary>What the parts of a family's checkpoints are called: the transformer and the heads of the library's classes.</summary>
/// <param name="Body">The transformer within a model with a head; a checkpoint of the bare transformer leaves it out.</param>
public sealed record CheckpointNames(string Body)
{
    /// <summary>Beginnings of all heads' names, whatever their task.</summary>
    public IReadOnlyList<string> Heads { get; init; } = [];

    /// <summary>Those of a language model that predicts the next token.</summary>
    public IReadOnlyList<string> CausalLm { get; init; } = ["lm_head."];

    /// <summary>Those of a sequence classifier; they may start anew.</summary>
    public IReadOnlyList<string> Classifier { get; init; } = [];

    /// <summary>Those of a masked language model.</summary>
    public IReadOnlyList<string> MaskedLm { get; init; } = [];

    /// <summary>Endings of the names of tensors that follow from the config (masks, frequencies), which some files hold too.</summary>
    public IReadOnlyList<string> Buffers { get; init; } = [];
}
