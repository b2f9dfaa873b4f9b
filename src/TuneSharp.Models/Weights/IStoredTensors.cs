using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Models.Weights;

/// <summary>The tensors of a model on disk under their Hugging Face names: safetensors, or a GGUF file.</summary>
internal interface IStoredTensors
{
    /// <summary>File or folder, for errors.</summary>
    string Path { get; }

    IEnumerable<string> Names { get; }

    /// <summary>Null if there is no such tensor.</summary>
    IReadOnlyList<long>? ShapeOf(string name);

    /// <summary>Reads a tensor.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="type">Type in memory; null: as stored, or for quantised numbers bfloat16.</param>
    /// <returns>On the CPU, in no dispose scope.</returns>
    Tensor Read(string name, ScalarType? type);

    /// <summary>How the file packs a matrix in fewer bits than numbers have, as in "nf4" or "Q4_K"; null: it does not.</summary>
    string? PackingOf(string name);

    /// <summary>Reads a matrix as the file packs it.</summary>
    /// <param name="name">One that has a <see cref="PackingOf"/>.</param>
    PackedMatrix ReadPacked(string name);
}
