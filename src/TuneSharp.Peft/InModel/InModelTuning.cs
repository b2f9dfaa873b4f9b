using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Nn;

namespace TuneSharp.Peft.InModel;

/// <summary>Parameters of the model itself are trained, and the result is the model: full tuning, BitFit, partial freezing.</summary>
public abstract class InModelTuning : ITuningMethod
{
    /// <param name="name">The key in `method`.</param>
    /// <param name="model">The whole model.</param>
    /// <param name="trained">Of the model's parameters.</param>
    /// <exception cref="InvalidInputException">A weight of the model is stored in fewer bits: then there is no model that could be written.</exception>
    protected InModelTuning(string name, TunableModel model, IReadOnlyList<Parameter> trained)
    {
        Name = name;
        Trained = trained;
        if (model.Parameters.FirstOrDefault(parameter => parameter.Packed is not null) is { Packed: { } packed } stored)
            throw new InvalidInputException($"`method` {name} changes the model itself, but {stored.Name} is stored as {packed.Storage}.", null, "Load the base without quantization, or use an adapter method such as lora.");
    }

    public string Name { get; }

    public IReadOnlyList<Parameter> Trained { get; }

    public bool Attached => true;

    public void Attach()
    {
    }

    public void Detach() => throw new NotSupportedException($"The method {Name} changes the model itself.");

    public AdapterContents? ToAdapter() => null;

    public void Read(AdapterFolder folder) => throw new NotSupportedException($"The method {Name} makes no adapter; its weights are the model's.");

    public void Dispose()
    {
        foreach (Parameter parameter in Trained)
        {
            parameter.Trained = false;
            parameter.FreeGrad();
        }
        GC.SuppressFinalize(this);
    }
}
