using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Checkpoints;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using TuneSharp.Peft;

namespace TuneSharp.Training.Checkpoints;

/// <summary>
/// What was trained, in the layout that others read: an adapter folder as PEFT's, or a model folder as Hugging Face's. A
/// checkpoint holds the same files, so any checkpoint can be used as it stands.
/// </summary>
internal static class TrainedWeights
{
    /// <summary>Writes into a folder that exists.</summary>
    public static void Write(string folder, IModel model, ITuningMethod method, torch.ScalarType? type = null)
    {
        if (method.ToAdapter() is { } adapter) adapter.Write(folder);
        else ModelCatalog.Save(model, folder, type);
    }

    /// <summary>Puts the weights of such a folder into the live model; they are of the same run, so everything fits or it is an error.</summary>
    public static unsafe void Read(string folder, ITuningMethod method)
    {
        if (method.ToAdapter() is not null)
        {
            using AdapterFolder adapter = AdapterFolder.Open(folder);
            method.Read(adapter);
            return;
        }

        using CheckpointFolder weights = CheckpointFolder.Open(folder);
        foreach (Parameter parameter in method.Trained)
        {
            if (!weights.Tensors.TryGetValue(parameter.Name, out TensorEntry? entry) || entry.ByteLength != TensorMemory.ByteLength(parameter.Value) || !entry.Shape.SequenceEqual(parameter.Value.shape))
                throw new InvalidInputException($"`{parameter.Name}` is missing in the checkpoint, or has another shape or type than in this model.", folder, "Resume with the recipe that the run was started with.");
            weights.Read(parameter.Name, TensorMemory.Pointer(parameter.Value));
        }
    }
}
