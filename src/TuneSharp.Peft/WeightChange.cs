using static TorchSharp.torch;

namespace TuneSharp.Peft;

/// <summary>What one weight of the base becomes when an adapter is merged into it.</summary>
/// <param name="Parameter">The base's.</param>
/// <param name="Apply">
/// Changes a float32 or float64 copy of the base's values, in the layout of the checkpoint, in place, by the strength that is
/// set now. Works attached or not.
/// </param>
/// <param name="Replaces">The base's values do not matter: two such changes of one weight cannot both be.</param>
/// <param name="Scales">Multiplies what base and all other adapters give: it comes last.</param>
public sealed record WeightChange(Nn.Parameter Parameter, Action<Tensor> Apply, bool Replaces = false, bool Scales = false);
