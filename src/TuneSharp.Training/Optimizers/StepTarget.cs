using static TorchSharp.torch;

namespace TuneSharp.Training.Optimizers;

/// <summary>What a rule steps: a weight, its gradient and its memory, all of one parameter or of a piece of it.</summary>
/// <param name="Weight">float32, changed in place.</param>
/// <param name="Gradient">Of the weight's shape; not to be changed.</param>
/// <param name="States">What the rule declared, by name; changed in place.</param>
/// <param name="Step">Steps of this parameter, the current one included.</param>
/// <param name="StepTensor">The same number in a tensor, for libtorch's fused steps.</param>
/// <param name="WeightDecay">Of its group.</param>
/// <param name="RateFactor">Of its group, on the learning rate.</param>
public sealed record StepTarget(Tensor Weight, Tensor Gradient, IReadOnlyDictionary<string, Tensor> States, int Step, Tensor StepTensor, double WeightDecay, double RateFactor)
{
    public Tensor this[string state] => States[state];

    public bool Has(string state) => States.ContainsKey(state);
}
