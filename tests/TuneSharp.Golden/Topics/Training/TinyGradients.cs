using TuneSharp.Nn;
using TuneSharp.Peft;
using static TorchSharp.torch;

namespace TuneSharp.Golden.Topics.Training;

/// <summary>
/// Elements whose gradient was once below 1e-7 but not 0: Adam makes a full step of its rounding noise, so (as the data's README
/// says) their values after a run are not compared.
/// </summary>
internal sealed class TinyGradients
{
    private const float Limit = 1e-7f;
    private readonly Dictionary<Parameter, Tensor> _seen;

    public TinyGradients(ITuningMethod method) => _seen = method.Trained.ToDictionary(p => p, p => zeros(p.Value.shape));

    /// <summary>After a step, while its gradients are still there.</summary>
    public void Look()
    {
        using var scope = NewDisposeScope();
        foreach ((Parameter parameter, Tensor seen) in _seen)
            if (parameter.Grad is { } grad) seen.add_((grad.abs() < Limit).logical_and(grad != 0).to(ScalarType.Float32));
    }

    /// <summary>Above 0 where it happened.</summary>
    public Tensor Of(Parameter parameter) => _seen[parameter];

    /// <summary>The values of the other elements.</summary>
    public float[] Except(float[] seen, float[] values) => [.. values.Where((_, i) => i >= seen.Length || seen[i] == 0)];
}
