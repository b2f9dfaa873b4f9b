using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// y_TF = silu(gate_TF) · up_TF, silu(g) = g · sigmoid(g)                                    (arXiv:2002.05202)
/// <code>
/// dUp = dY · silu(gate)      dGate = dY · up · silu'(gate)
/// </code>
/// Kept: gate and up. The output is not kept but made again in backward.
/// </summary>
public static class SwiGluFunction
{
    public static Var SwiGlu(this Tape t, Var gate, Var up)
    {
        if (!gate.Data.shape.SequenceEqual(up.Data.shape))
            throw new ArgumentException($"SwiGlu: gate [{string.Join(", ", gate.Data.shape)}] and up [{string.Join(", ", up.Data.shape)}] differ.");
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
                Aten.Silu(g.Data, dUp.Tensor);
                dUp.Tensor.mul_(dY);
                up.Give(dUp);
            }
            if (gate.NeedsGrad)
            {
                Buffer dGate = t.Workspace.Rent(dY.shape);
                Aten.Mul(dY, u.Data, dGate.Tensor);
                Aten.SiluBackward(dGate.Tensor, g.Data, dGate.Tensor);
                gate.Give(dGate);
            }
        }, () =>
        {
            Buffer again = t.Workspace.Rent(g.Data.shape);
            Forward(g.Data, u.Data, again.Tensor);
            return again;
        });
    }

    private static void Forward(Tensor gate, Tensor up, Tensor y)
    {
        Aten.Silu(gate, y);
        y.mul_(up);
    }

    /// <summary>The same in plain torch operations, differentiated by autograd.</summary>
    internal static Tensor Reference(Tensor gate, Tensor up) => gate * torch.sigmoid(gate) * up;
}
