using TorchSharp;
using static TorchSharp.torch;

namespace TuneSharp.Training.Optimizers;

/// <summary>AdamW as the paper writes it, one tensor, plain operators. What <see cref="AdamW"/> is tested against; never optimised.</summary>
internal static class AdamWReference
{
    /// <summary>Step t (from 1) in place on p, m, v, all of one shape.</summary>
    public static void Step(Tensor p, Tensor g, Tensor m, Tensor v, Tensor? maxV, int t, double lr, AdamWOptions o)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        if (o.Maximize) g = -g;
        p.mul_(1 - lr * o.WeightDecay);
        m.mul_(o.Beta1).add_(g * (1 - o.Beta1));
        v.mul_(o.Beta2).add_(g * g * (1 - o.Beta2));
        Tensor second = v;
        if (maxV is not null) second = maxV.copy_(maximum(maxV, v));
        Tensor mHat = m / (1 - Math.Pow(o.Beta1, t));
        Tensor vHat = second / (1 - Math.Pow(o.Beta2, t));
        p.sub_(lr * mHat / (vHat.sqrt() + o.Epsilon));
    }
}
