using TorchSharp;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Training.Optimizers;

/// <summary>What is held for one trained parameter: the rule's memory, a master of a weight that is not float32, the parameter's own count of steps.</summary>
internal sealed class OptimizerSlot : IDisposable
{
    private readonly SortedDictionary<string, Tensor> _states = new(StringComparer.Ordinal);
    private readonly Tensor? _master;
    private readonly Tensor _stepTensor;
    private readonly double _weightDecay, _rateFactor;
    private int _step;

    public OptimizerSlot(Parameter parameter, double weightDecay, double rateFactor, IReadOnlyList<StateSpec> states)
    {
        Parameter = parameter;
        (_weightDecay, _rateFactor) = (weightDecay, rateFactor);
        using var off = no_grad();
        using var outside = NewDisposeScope();
        foreach (StateSpec spec in states) _states[spec.Name] = full(spec.Shape.ToArray(), Number.Of(spec.Fill), dtype: spec.Type).DetachFromDisposeScope();
        _stepTensor = zeros(1, dtype: ScalarType.Float32).DetachFromDisposeScope();
        if (parameter.Value.dtype != ScalarType.Float32) _master = parameter.Value.to(ScalarType.Float32).DetachFromDisposeScope();
    }

    public Parameter Parameter { get; }

    /// <summary>For the next step, which counts.</summary>
    public StepTarget Next()
    {
        _stepTensor.fill_(Number.Of((long)++_step));
        return new StepTarget(_master ?? Parameter.Value, Parameter.Grad!, _states, _step, _stepTensor, _weightDecay, _rateFactor);
    }

    /// <summary>Rounds the master into the parameter.</summary>
    public void Round()
    {
        if (_master is not null) Parameter.Value.copy_(_master);
    }

    public void AfterLoading()
    {
        _step = (int)_stepTensor.item<float>();
        Round();
    }

    public IEnumerable<KeyValuePair<string, Tensor>> Saved()
    {
        foreach ((string name, Tensor tensor) in _states) yield return new(name + "." + Parameter.Name, tensor);
        yield return new("step." + Parameter.Name, _stepTensor);
        if (_master is not null) yield return new("master." + Parameter.Name, _master);
    }

    public void Dispose()
    {
        foreach (Tensor tensor in _states.Values) tensor.Dispose();
        _stepTensor.Dispose();
        _master?.Dispose();
    }
}
