using System.Text.Json.Nodes;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Nn;

namespace TuneSharp.Peft;

/// <summary>An adapter as it is written: the config and the tensors, named and shaped as PEFT does.</summary>
public sealed record AdapterContents(JsonObject Config, IReadOnlyList<TensorToWrite> Tensors);

/// <summary>What is trained of a model: a LoRA adapter, all of it, ….</summary>
public interface ITuningMethod : IDisposable
{
    /// <summary>The key in `method`.</summary>
    string Name { get; }

    /// <summary>
    /// The trained parameters, always in the same order. Their names are unique and stable: the keys of the optimizer's state.
    /// </summary>
    IReadOnlyList<Parameter> Trained { get; }

    /// <summary>The adapter as it stands; null if the result of the method is the model itself.</summary>
    AdapterContents? ToAdapter();

    /// <summary>Overwrites the trained values with those of an adapter of the same config and model, attached or not.</summary>
    /// <exception cref="NotSupportedException">The method makes no adapters.</exception>
    void Read(AdapterFolder folder);
}
