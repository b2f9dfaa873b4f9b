using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Nn;

namespace TuneSharp.Peft;

/// <summary>What is trained of a model: a LoRA adapter, a prompt, all of it, …. The model has it while it is attached.</summary>
public interface ITuningMethod : IDisposable
{
    /// <summary>The key in `method`.</summary>
    string Name { get; }

    /// <summary>
    /// The trained parameters, always in the same order. Their names are unique and stable: the keys of the optimizer's state.
    /// </summary>
    IReadOnlyList<Parameter> Trained { get; }

    /// <summary>The name of a trained parameter in the adapter's file, as far as it is there.</summary>
    string StoredNameOf(Parameter parameter) => parameter.Name;

    /// <summary>The model computes with it.</summary>
    bool Attached { get; }

    void Attach();

    /// <summary>The model is the base again, bit for bit.</summary>
    void Detach();

    /// <summary>Multiplies what the method does: 1 as trained, 0 as if it were not there.</summary>
    /// <exception cref="InvalidInputException">Set to something else than 1 though the method is all or nothing.</exception>
    double Strength
    {
        get => 1;
        set
        {
            if (value != 1) throw new InvalidInputException($"An adapter of the method {Name} works as it was trained or not at all; it cannot be scaled by {value}.", null, "Use the scale 1, or switch it off.");
        }
    }

    /// <summary>What merging does to the model's weights; null: the method cannot be merged.</summary>
    IReadOnlyList<WeightChange>? WeightChanges => null;

    /// <summary>The adapter as it stands; null if the result of the method is the model itself.</summary>
    AdapterContents? ToAdapter();

    /// <summary>Overwrites the trained values with those of an adapter of the same config and model, attached or not.</summary>
    /// <exception cref="NotSupportedException">The method makes no adapters.</exception>
    void Read(AdapterFolder folder);
}
