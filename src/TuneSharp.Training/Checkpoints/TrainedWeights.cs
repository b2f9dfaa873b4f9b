using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Checkpoints;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Peft;

namespace TuneSharp.Training.Checkpoints;

/// <summary>
/// What was trained, in the layout that others read: an adapter folder as PEFT's, or a model folder as Hugging Face's. A
/// checkpoint holds the same files, so any checkpoint can be used as it stands.
/// </summary>
internal static class TrainedWeights
{
    /// <summary>Writes into a folder that exists.</summary>
    public static void Write(string folder, ICausalLm model, ITuningMethod method)
    {
        if (method.ToAdapter() is { } adapter) AdapterFolder.Write(folder, adapter.Config, adapter.Tensors);
        else ModelCatalog.Save(model, folder);
    }

    /// <summary>Puts the weights of such a folder into the live model; they are of the same run, so everything fits or it is an error.</summary>
    public static void Read(string folder, ITuningMethod method)
    {
        if (method.ToAdapter() is not null)
        {
            using AdapterFolder adapter = AdapterFolder.Open(folder);
            method.Read(adapter);
            return;
        }

        using CheckpointFolder weights = CheckpointFolder.Open(folder);
        foreach (Parameter parameter in method.Trained) weights.Read(parameter.Name, parameter.Value.bytes);
    }
}
