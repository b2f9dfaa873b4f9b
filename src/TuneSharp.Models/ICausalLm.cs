using TorchSharp;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Models;

/// <summary>Sizes of a decoder.</summary>
/// <param name="VocabularySize">V: rows of the output head.</param>
/// <param name="HiddenSize">D.</param>
/// <param name="NumLayers">Blocks.</param>
/// <param name="NumHeads">Query heads of a block.</param>
/// <param name="NumKeyValueHeads">Key and value heads of a block.</param>
/// <param name="HeadDim">Width of a head.</param>
/// <param name="MaxPositions">Longest row, in tokens, that the model was made for.</param>
public sealed record ModelShape(int VocabularySize, int HiddenSize, int NumLayers, int NumHeads, int NumKeyValueHeads, int HeadDim, int MaxPositions);

/// <summary>A decoder that predicts the next token. Its parameters' names are those of the checkpoint.</summary>
public interface ICausalLm : IDisposable
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

    /// <summary>Every linear of the blocks, in order; the <see cref="Head"/> is apart.</summary>
    IReadOnlyList<Linear> Linears { get; }

    /// <summary>[D] to [V].</summary>
    Linear Head { get; }

    /// <summary>Blocks keep only their input for backward and are computed again there: less memory, about a quarter slower.</summary>
    bool RecomputeBlocks { get; set; }

    /// <summary>
    /// The last hidden state, after the final norm. Logits: <c>Head.Forward</c>; a loss: <see cref="CrossEntropyFunction"/>.
    /// </summary>
    /// <param name="t">A tape on a workspace of <see cref="ComputeType"/>.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="cache">Of as many rows: holds earlier tokens of these rows, and these tokens afterwards.</param>
    /// <param name="observe">Sees the input of layer 0 … L - 1 as (layer, [T, D]); it must copy what it keeps.</param>
    /// <returns>[T, D].</returns>
    Var Hidden(Tape t, TokenBatch batch, KvCache? cache = null, Action<int, Tensor>? observe = null);

    /// <param name="maxTokens">Room in each row, in tokens.</param>
    /// <param name="batch">Rows.</param>
    KvCache CreateCache(int maxTokens, int batch = 1);

    Workspace CreateWorkspace() => new(ComputeType);
}
