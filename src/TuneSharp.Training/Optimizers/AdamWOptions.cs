using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Optimizers;

/// <param name="Beta1">Memory of the gradient's mean.</param>
/// <param name="Beta2">Memory of the gradient's square.</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
/// <param name="WeightDecay">Decoupled decay of the parameters that decay at all (<see cref="WeightDecayRule"/>).</param>
/// <param name="Amsgrad">Divide by the largest second moment so far (Reddi et al. 2018).</param>
/// <param name="Maximize">Climb instead of descend.</param>
public sealed record AdamWOptions(double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double WeightDecay = 0, bool Amsgrad = false, bool Maximize = false)
{
    public static AdamWOptions From(TrainingSettings settings) => new(settings.AdamBeta1, settings.AdamBeta2, settings.AdamEpsilon, settings.WeightDecay);
}
