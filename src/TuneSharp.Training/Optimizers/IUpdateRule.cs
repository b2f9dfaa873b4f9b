using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Training.Optimizers;

/// <summary>The mathematics of an optimizer. It holds settings only; its memory is in what it steps.</summary>
public interface IUpdateRule
{
    /// <summary>What is remembered for a parameter of this shape. From it follow the memory that is allocated, saved and estimated.</summary>
    IReadOnlyList<StateSpec> States(IReadOnlyList<long> shape);

    /// <summary>Steps these parameters; each has a gradient, and its count of steps includes this one.</summary>
    /// <param name="targets">Changed in place.</param>
    /// <param name="learningRate">Before the factor of a group.</param>
    void Update(IReadOnlyList<StepTarget> targets, double learningRate);
}

/// <summary>A rule that takes one parameter after the other.</summary>
/// <param name="Maximize">Climb instead of descend.</param>
public abstract record UpdateRule(bool Maximize = false) : IUpdateRule
{
    public abstract IReadOnlyList<StateSpec> States(IReadOnlyList<long> shape);

    public virtual void Update(IReadOnlyList<StepTarget> targets, double learningRate)
    {
        foreach (StepTarget target in targets)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor gradient = target.Gradient;
            Update(target, Maximize ? gradient.neg() : gradient, learningRate * target.RateFactor);
        }
    }

    /// <param name="target">Its weight and states are changed in place; temporaries are disposed afterwards.</param>
    /// <param name="g">The gradient; not to be changed.</param>
    /// <param name="rate">Learning rate of this parameter.</param>
    protected abstract void Update(StepTarget target, Tensor g, double rate);

    /// <summary>The gradient of loss + λ/2 |p|²: decay that the moments see.</summary>
    protected static Tensor WithDecay(StepTarget target, Tensor g) => target.WeightDecay == 0 ? g : g.add(target.Weight, Number.Of(target.WeightDecay));

    /// <summary>p ← p (1 - lr λ): decay that the moments do not see.</summary>
    protected static void Decay(StepTarget target, double rate)
    {
        if (target.WeightDecay != 0) target.Weight.mul_(Number.Of(1 - rate * target.WeightDecay));
    }

    /// <summary>x ← x + w (end - x), for w below 1/2 as libtorch's lerp rounds it.</summary>
    protected static Tensor Approach(Tensor x, Tensor end, double weight) => x.add_(end.sub(x), Number.Of(weight));
}
