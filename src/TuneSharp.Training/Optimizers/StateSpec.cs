using TorchSharp;

namespace TuneSharp.Training.Optimizers;

/// <summary>One tensor that an optimizer remembers for a parameter.</summary>
/// <param name="Name">As the library names it that the rule follows: `exp_avg`, `momentum_buffer`, …</param>
/// <param name="Shape">Often that of the parameter.</param>
/// <param name="Type">float32, or uint8 for codes.</param>
/// <param name="Fill">Value before the first step.</param>
public sealed record StateSpec(string Name, IReadOnlyList<long> Shape, torch.ScalarType Type = torch.ScalarType.Float32, double Fill = 0)
{
    public long Bytes => Shape.Aggregate(1L, (product, size) => product * size) * (Type == torch.ScalarType.Byte ? 1 : sizeof(float));
}
