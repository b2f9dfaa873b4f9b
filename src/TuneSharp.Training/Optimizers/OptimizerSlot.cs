using TorchSharp;
using TuneSharp.Nn.Runtime;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Training.Optimizers;

/// <summary>One trained parameter as a rule sees it: the weight to change, its gradient, its memory and its own count of steps.</summary>
public sealed class OptimizerSlot : IDisposable
{
    private readonly SortedDictionary<string, Tensor> _states = new(StringComparer.Ordinal);
    private readonly Tensor? _master;

    internal OptimizerSlot(Parameter parameter, double weightDecay, double rateFactor, IReadOnlyList<StateSpec> states)
    {
        Parameter = parameter;
        WeightDecay = weightDecay;
        RateFactor = rateFactor;
        using var off = no_grad();
        using var outside = NewDisposeScope();
        foreach (StateSpec spec in states) _states[spec.Name] = full(spec.Shape.ToArray(), Number.Of(spec.Fill), dtype: spec.Type).DetachFromDisposeScope();
        StepTensor = zeros(1, dtype: ScalarType.Float32).DetachFromDisposeScope();
        if (parameter.Value.dtype != ScalarType.Float32) _master = parameter.Value.to(ScalarType.Float32).DetachFromDisposeScope();
    }

    public Parameter Parameter { get; }

    public double WeightDecay { get; }

    public double RateFactor { get; }

    /// <summary>float32, changed in place: the parameter itself, or the master of one that is stored otherwise.</summary>
    public Tensor Weight => _master ?? Parameter.Value;

    /// <summary>Steps of this parameter, the current one included.</summary>
    public int Step { get; private set; }

    /// <summary>The same number in a tensor, for libtorch's fused steps.</summary>
    internal Tensor StepTensor { get; }

    /// <summary>A tensor that the rule declared, changed in place.</summary>
    public Tensor this[string state] => _states[state];

    public bool Has(string state) => _states.ContainsKey(state);

    internal void CountStep() => StepTensor.fill_(Number.Of((long)++Step));

    /// <summary>Rounds the master into the parameter.</summary>
    internal void Round()
    {
        if (_master is not null) Parameter.Value.copy_(_master);
    }

    internal void AfterLoading()
    {
        Step = (int)StepTensor.item<float>();
        Round();
    }

    internal IEnumerable<KeyValuePair<string, Tensor>> Saved()
    {
        foreach ((string name, Tensor tensor) in _states) yield return new(name + "." + Parameter.Name, tensor);
        yield return new("step." + Parameter.Name, StepTensor);
        if (_master is not null) yield return new("master." + Parameter.Name, _master);
    }

    public void Dispose()
    {
        foreach (Tensor tensor in _states.Values) tensor.Dispose();
        StepTensor.Dispose();
        _master?.Dispose();
    }
}
