using static TorchSharp.torch;

namespace TuneSharp.Nn.Tests.Support;

/// <summary>
/// The one declaration of a fused function, from which its tests follow: forward and backward against the plain reference,
/// the reference against finite differences, leaks, inference, accumulation, frozen inputs.
/// </summary>
/// <param name="Name">For the report.</param>
/// <param name="Inputs">Shapes of the values.</param>
/// <param name="Parameters">Shapes of the weights.</param>
/// <param name="Fused">On the tape.</param>
/// <param name="Reference">Plain torch operations on the same numbers.</param>
public sealed record FunctionSpec(string Name, long[][] Inputs, long[][] Parameters, Func<Tape, Var[], Parameter[], Var> Fused, Func<Tensor[], Tensor[], Tensor> Reference)
{
    /// <summary>Relative error in float32 with its reason; in float64 always 1e-10.</summary>
    public double SingleTolerance { get; init; } = 2e-6;

    public override string ToString() => Name;
}
