using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Nn.Runtime;
using TuneSharp.Peft;
using TuneSharp.Training.Optimizers;

namespace TuneSharp.Training.Checkpoints;

/// <summary>optimizer.safetensors: the optimizer's memory and masters by parameter name.</summary>
internal static class OptimizerFile
{
    public const string FileName = "optimizer.safetensors";

    public static void Write(string folder, IOptimizer optimizer) =>
        SafetensorsWriter.Write(Path.Combine(folder, FileName), [.. optimizer.State.Select(pair => StoredTensor.ToWrite(pair.Key, pair.Value))]);

    /// <exception cref="InvalidInputException">It belongs to another set of trained parameters.</exception>
    public static void Read(string folder, IOptimizer optimizer, int appliedSteps)
    {
        using var off = torch.no_grad();
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, FileName));
        IReadOnlyDictionary<string, torch.Tensor> state = optimizer.State;
        // Older checkpoints hold no counts of single parameters: each has made as many steps as the run.
        string[] counts = [.. state.Keys.Where(name => name.StartsWith("step.", StringComparison.Ordinal) && !file.Tensors.ContainsKey(name))];
        foreach (string count in counts) state[count].fill_(Number.Of((long)appliedSteps));
        string? other = file.Tensors.Keys.Except(state.Keys).Concat(state.Keys.Except(file.Tensors.Keys).Except(counts)).FirstOrDefault();
        if (other is not null)
            throw new InvalidInputException($"The checkpoint and this run train different parameters: `{other}` is in one of them only.", file.Path, "Resume with the recipe that the run was started with.");
        foreach ((string name, torch.Tensor tensor) in state.Where(pair => file.Tensors.ContainsKey(pair.Key))) StoredTensor.Read(file, file.Tensors[name], tensor);
        optimizer.Resume(appliedSteps);
    }
}
