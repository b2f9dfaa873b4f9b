using TorchSharp;

namespace TuneSharp.Training.Optimizers;

/// <summary>
/// Changes the trained parameters by their gradients. The learning rate is given to each step (<see cref="Schedules.LearningRateSchedule"/>),
/// so all memory that an optimizer has is in <see cref="State"/>.
/// </summary>
public interface IOptimizer : IDisposable
{
    /// <summary>Its name in <see cref="OptimizerCatalog"/>.</summary>
    string Name { get; }

    /// <summary>Steps done so far.</summary>
    int CompletedSteps { get; }

    /// <summary>One step over all parameters that have a gradient; a parameter without one (a head without a labelled token, say) is left alone.</summary>
    /// <param name="learningRate">Of this step; groups may have a factor on it.</param>
    void Step(double learningRate);

    /// <summary>
    /// Everything that the next step depends on, by <c>state.parameter</c>, and <c>master.*</c> of 16-bit weights. The tensors are live:
    /// to load a state, write into them and call <see cref="Resume"/>.
    /// </summary>
    IReadOnlyDictionary<string, torch.Tensor> State { get; }

    /// <summary>To be called after <see cref="State"/> was overwritten with that of a checkpoint.</summary>
    void Resume(int completedSteps);
}
