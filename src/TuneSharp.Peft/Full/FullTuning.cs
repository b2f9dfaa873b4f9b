using TuneSharp.Formats.Adapters;
using TuneSharp.Nn;

namespace TuneSharp.Peft.Full;

/// <summary>Full fine-tuning, and pre-training: every parameter of the model is trained, and the result is the model.</summary>
public sealed class FullTuning(TunableModel model) : ITuningMethod
{
    public string Name => "full";

    public IReadOnlyList<Parameter> Trained { get; } = model.Parameters;

    public AdapterContents? ToAdapter() => null;

    public void Read(AdapterFolder folder) => throw new NotSupportedException("Full fine-tuning has no adapter; its weights are the model's.");

    public void Dispose()
    {
        foreach (Parameter parameter in Trained)
        {
            parameter.Trained = false;
            parameter.FreeGrad();
        }
    }
}
