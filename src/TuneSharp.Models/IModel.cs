using TorchSharp;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Models;

/// <summary>A transformer, whatever stands on it. Its parameters' names are those of the checkpoint.</summary>
public interface IModel : IDisposable
{
    /// <summary>The family, as in config.json.</summary>
    string ModelType { get; }

    /// <summary>The config.json that it was built from.</summary>
    HfConfig Config { get; }

    ModelShape Shape { get; }

    /// <summary>Type of the values on a tape; weights may be stored in another.</summary>
    ScalarType ComputeType { get; }

    /// <summary>What is odd about the checkpoint but not wrong: sentences for a person.</summary>
    IReadOnlyList<string> Warnings { get; }

    /// <summary>Every stored weight once, in the order of the checkpoint's layers; a tied matrix has the embedding's name.</summary>
    IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Every linear of the blocks, in order; heads are apart.</summary>
    IReadOnlyList<Linear> Linears { get; }

    /// <summary>The same modules with their slots, for tuning methods.</summary>
    TunableModel Tunable { get; }

    /// <summary>Blocks keep only their input for backward and are computed again there: less memory, about a quarter slower.</summary>
    bool RecomputeBlocks { get; set; }

    /// <summary>The last hidden state, after the final norm.</summary>
    /// <param name="t">A tape on a workspace of <see cref="ComputeType"/>.</param>
    /// <param name="batch">The rows; without a cache with as many virtual tokens as the model's prompt has (<see cref="NumVirtualTokens"/>).</param>
    /// <param name="cache">Decoders only. Of as many rows: holds earlier tokens of these rows, and these tokens afterwards.</param>
    /// <param name="observe">Sees the input of layer 0 … L - 1 as (layer, [T, D]); it must copy what it keeps.</param>
    /// <returns>[T, D].</returns>
    Var Hidden(Tape t, TokenBatch batch, KvCache? cache = null, Action<int, Tensor>? observe = null);

    /// <summary>Virtual tokens that a batch without a cache must have before each row: those of a trained prompt; mostly 0.</summary>
    int NumVirtualTokens => Tunable.Embedding?.NumVirtualTokens ?? 0;

    /// <summary>Longest row in tokens: the positions that the model has, without those of a trained prompt or prefix.</summary>
    int MaxTokens => Shape.MaxPositions - NumVirtualTokens - (Tunable.Prefix?.NumTokens ?? 0);

    Workspace CreateWorkspace() => new(ComputeType);
}
