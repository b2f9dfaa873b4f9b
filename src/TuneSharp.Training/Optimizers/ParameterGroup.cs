using TuneSharp.Nn;

namespace TuneSharp.Training.Optimizers;

/// <summary>Parameters that are stepped alike.</summary>
/// <param name="Parameters">The order does not matter; names are the keys of the saved state.</param>
/// <param name="WeightDecay">How much they decay; what decay means is the rule's affair (decoupled, or added to the gradient).</param>
/// <param name="RateFactor">On the learning rate of each step.</param>
public sealed record ParameterGroup(IReadOnlyList<Parameter> Parameters, double WeightDecay = 0, double RateFactor = 1);
