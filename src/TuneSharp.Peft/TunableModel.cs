using TuneSharp.Nn;

namespace TuneSharp.Peft;

/// <summary>What a tuning method sees of a model: its linear modules with their slots, and all its parameters. No family.</summary>
/// <param name="Linears">Every linear module of the blocks.</param>
/// <param name="Parameters">Every stored weight once; tied ones once.</param>
/// <param name="Head">The output head, which is not among <paramref name="Linears"/>.</param>
public sealed record TunableModel(IReadOnlyList<Linear> Linears, IReadOnlyList<Parameter> Parameters, Linear Head);
