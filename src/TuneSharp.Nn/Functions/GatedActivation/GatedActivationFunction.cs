using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// y_TF = a(gate_TF) · up_TF; with a = silu it is SwiGLU                                      (arXiv:2002.05202)
/// <code>
/// dUp = dY · a(gate)      dGate = dY · up · a'(gate)
/// </code>
/// Kept: gate and up. The output is not kept but made again in backward.
/// </summary>
public static class GatedActivationFunction
{
    /// <summary>silu(gate) · up.</summary>
    public static Var SwiGlu(this Tape t, Var gate, Var up) => t.GatedActivation(gate, up, Activation.Silu);

    /// <param name="t">Where it is recorded.</param>
    /// <param name="gate">[T, F].</param>
    /// <param name="up">[T, F].</param>
    /// <param name="activation">a.</param>
    public static Var GatedActivation(this Tape t, Var gate, Var up, Activation activation)
    {
        if (!gate.Data.shape.SequenceEqual(up.Data.shape))
            throw new ArgumentException($"Gated activation: gate [{string.Join(", ", gate.Data.shape)}] and up [{string.Join(", ", up.Data.shape)}] differ.");
        Buffer y = t.Rent(gate.Data.shape);
        Forward(gate.Data, up.Data, y.Tensor);
        bool needsGrad = gate.NeedsGrad || up.NeedsGrad;
        Kept g = needsGrad ? t.Keep(gate) : default, u = needsGrad ? t.Keep(up) : default;
        return t.Record(y, needsGrad, dOut =>
        {
            Tensor dY = dOut.Tensor;
            if (up.NeedsGrad)
            {
                Buffer dUp = t.Workspace.Rent(dY.shape);
                activation.Forward(g.Data, dUp.Tensor);
                dUp.Tensor.mul_(dY);
                up.Give(dUp);
            }
            if (gate.NeedsGrad)
            {
                Buffer dGate = t.Workspace.Rent(dY.shape);
                Aten.Mul(dY, u.Data, dGate.Tensor);
                activation.Backward(dGate.Tensor, g.Data);
                gate.Give(dGate);
            }
        }, () =>
        {
            Buffer again = t.Workspace.Rent(g.Data.shape);
            Forward(g.Data, u.Data, again.Tensor);
            return again;
        });

        void Forward(Tensor gate, Tensor up, Tensor y)
        {
            activation.Forward(gate, y);
            y.mul_(up);
        }
    }

    /// <summary>The same in plain torch operations, differentiated by autograd.</summary>
    internal static Tensor Reference(Tensor gate, Tensor up, Activation activation) => activation.Reference(gate) * up;
}
