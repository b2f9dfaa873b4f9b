using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Training.Optimizers;

/// <summary>The mathematics of an optimizer. It holds settings only; its memory is in the slots.</summary>
public interface IUpdateRule
{
    /// <summary>What is remembered for a parameter of this shape. From it follow the memory that is allocated, saved and estimated.</summary>
    IReadOnlyList<StateSpec> States(IReadOnlyList<long> shape);

    /// <summary>Steps these parameters; each has a gradient, and its count of steps includes this one.</summary>
    /// <param name="slots">Changed in place.</param>
    /// <param name="learningRate">Before the factor of a slot.</param>
    void Update(IReadOnlyList<OptimizerSlot> slots, double learningRate);
}

/// <summary>A rule that takes one parameter after the other.</summary>
/// <param name="Maximize">Climb instead of descend.</param>
public abstract record UpdateRule(bool Maximize = false) : IUpdateRule
{
    public abstract IReadOnlyList<StateSpec> States(IReadOnlyList<long> shape);

    public virtual void Update(IReadOnlyList<OptimizerSlot> slots, double learningRate)
    {
        foreach (OptimizerSlot slot in slots)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor gradient = slot.Parameter.Grad!;
            Update(slot, Maximize ? gradient.neg() : gradient, learningRate * slot.RateFactor);
        }
    }

    /// <param name="slot">Its weight and states are changed in place; temporaries are disposed afterwards.</param>
    /// <param name="g">The gradient; not to be changed.</param>
    /// <param name="rate">Learning rate of this parameter.</param>
    protected abstract void Update(OptimizerSlot slot, Tensor g, double rate);

    /// <summary>The gradient of loss + λ/2 |p|²: decay that the moments see.</summary>
    protected static Tensor WithDecay(OptimizerSlot slot, Tensor g) => slot.WeightDecay == 0 ? g : g.add(slot.Weight, Number.Of(slot.WeightDecay));

    /// <summary>p ← p (1 - lr λ): decay that the moments do not see.</summary>
    protected static void Decay(OptimizerSlot slot, double rate)
    {
        if (slot.WeightDecay != 0) slot.Weight.mul_(Number.Of(1 - rate * slot.WeightDecay));
    }

    /// <summary>x ← x + w (end - x), for w below 1/2 as libtorch's lerp rounds it.</summary>
    protected static Tensor Approach(Tensor x, Tensor end, double weight) => x.add_(end.sub(x), Number.Of(weight));
}
