using TuneSharp.Application.Models;

namespace TuneSharp.Application.Merging;

/// <summary>Which adapters go into which model.</summary>
/// <param name="Model">The base with its adapters and their scales.</param>
/// <param name="Out">The new folder; must not exist.</param>
/// <param name="DType">auto (as each tensor of the base), float32, bfloat16 or float16.</param>
/// <param name="Probes">Texts on which both are compared; empty: a few of the program's own.</param>
public sealed record MergeRequest(ModelReference Model, string Out, string DType = "auto", IReadOnlyList<string>? Probes = null, int? Threads = null);

/// <summary>What a merge is doing.</summary>
public enum MergePhase
{
    /// <summary>Makes a folder of a GGUF base; counted in bytes.</summary>
    Converting,

    /// <summary>Asks base and adapters.</summary>
    Probing,

    /// <summary>Writes tensor by tensor; counted in bytes.</summary>
    Writing,

    /// <summary>Asks the new model as it was read back from the disk.</summary>
    Checking,
}

/// <summary>What was made, and the proof that it is what was asked for.</summary>
/// <param name="Folder">The new model.</param>
/// <param name="Tensors">All tensors of the model.</param>
/// <param name="ChangedTensors">Those whose stored bytes differ from the base's.</param>
/// <param name="Bytes">Of all weights.</param>
/// <param name="DType">As most tensors are stored.</param>
/// <param name="AdapterEffect">Largest difference of a logit between base and base with adapters.</param>
/// <param name="Difference">Largest difference of a logit between base with adapters and the new model from the disk.</param>
/// <param name="SameText">Whether both write the same text, always the most likely token.</param>
/// <param name="Text">What the new model wrote to the first probe.</param>
public sealed record MergeReport(string Folder, int Tensors, int ChangedTensors, long Bytes, string DType, double AdapterEffect, double Difference, bool SameText, string Text);
