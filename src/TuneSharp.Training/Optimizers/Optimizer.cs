using TorchSharp;
using static TorchSharp.torch;

namespace TuneSharp.Training.Optimizers;

/// <summary>
/// A rule over the trained parameters: their memory, masters and counts. All is float32 whatever a parameter is stored in: one of 16
/// bits has a master that is stepped and then rounded into it, or steps smaller than its resolution would be lost.
/// </summary>
public sealed class Optimizer : IOptimizer
{
    private readonly IUpdateRule _rule;
    private readonly OptimizerSlot[] _slots;

    public Optimizer(string name, IUpdateRule rule, IReadOnlyList<ParameterGroup> groups)
    {
        Name = name;
        _rule = rule;
        _slots = [.. groups.SelectMany(group => group.Parameters.Select(p => new OptimizerSlot(p, group.WeightDecay, group.RateFactor, rule.States(p.Value.shape))))];
    }

    public string Name { get; }

    public int CompletedSteps { get; private set; }

    public void Step(double learningRate)
    {
        using var off = no_grad();
        CompletedSteps++;
        OptimizerSlot[] live = [.. _slots.Where(slot => slot.Parameter.Grad is not null)];
        if (live.Length == 0) return;
        _rule.Update([.. live.Select(slot => slot.Next())], learningRate);
        foreach (OptimizerSlot slot in live) slot.Round();
    }

    public IReadOnlyDictionary<string, Tensor> State => new SortedDictionary<string, Tensor>(_slots.SelectMany(slot => slot.Saved()).ToDictionary(), StringComparer.Ordinal);

    public void Resume(int completedSteps)
    {
        CompletedSteps = completedSteps;
        using var off = no_grad();
        foreach (OptimizerSlot slot in _slots) slot.AfterLoading();
    }

    public void Dispose()
    {
        foreach (OptimizerSlot slot in _slots) slot.Dispose();
    }
}
