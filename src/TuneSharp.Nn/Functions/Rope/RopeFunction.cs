using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>Cosines and sines of a batch's angles, both [T, d/2], already multiplied by the attention factor.</summary>
public sealed record RotaryAngles(Tensor Cos, Tensor Sin) : IDisposable
{
    public void Dispose()
    {
        Cos.Dispose();
        Sin.Dispose();
    }
}

/// <summary>
/// Rotary position embedding, halves layout, in every head of width d:                         (arXiv:2104.09864, section 3.4)
/// <code>
/// y1_Th = x1_Th · cos_Th - x2_Th · sin_Th      x1 = x[0 … d/2), x2 = x[d/2 … d)
/// y2_Th = x2_Th · cos_Th + x1_Th · sin_Th
/// </code>
/// Backward is the rotation by the negative angle. Works in x's buffer if nobody keeps it; x is spent.
/// </summary>
public static class RopeFunction
{
    /// <param name="t">Where it is recorded.</param>
    /// <param name="x">[T, heads · headDim].</param>
    /// <param name="angles">From <see cref="RotaryEmbedding.Angles"/>.</param>
    /// <param name="headDim">Width d of a head.</param>
    public static Var Rope(this Tape t, Var x, RotaryAngles angles, int headDim)
    {
        if (x.Width % headDim != 0 || angles.Cos.shape[1] * 2 != headDim || angles.Cos.shape[0] != x.NumTokens)
            throw new ArgumentException($"Rope: x [{x.NumTokens}, {x.Width}], heads of {headDim}, angles [{string.Join(", ", angles.Cos.shape)}] do not fit.");
        Buffer y = t.TakeOver(x);
        Rotate(t.Workspace, y.Tensor, angles, headDim, 1);
        return t.Record(y, x.NeedsGrad, dOut =>
        {
            Buffer dX = dOut.Sole ? dOut.Hold() : t.Workspace.Rent(dOut.Tensor.shape);
            if (!ReferenceEquals(dX, dOut)) dX.Tensor.copy_(dOut.Tensor);
            Rotate(t.Workspace, dX.Tensor, angles, headDim, -1);
            x.Give(dX);
        });
    }

    private static void Rotate(Workspace workspace, Tensor x, RotaryAngles angles, int headDim, int sign)
    {
        using DisposeScope scope = NewDisposeScope();
        long tokens = x.shape[0], heads = x.shape[1] / headDim, half = headDim / 2;
        Tensor x_THCh = x.view(tokens, heads, 2, half), x1 = x_THCh.select(2, 0), x2 = x_THCh.select(2, 1);
        Tensor cos = angles.Cos.unsqueeze(1), sin = angles.Sin.unsqueeze(1);
        using Buffer x1Sin = workspace.Rent(tokens, heads, half);
        Aten.Mul(x1, sin, x1Sin.Tensor);
        x1.mul_(cos).addcmul_(x2, sin, sign > 0 ? Number.MinusOne : Number.One);
        x2.mul_(cos).add_(x1Sin.Tensor, sign > 0 ? Number.One : Number.MinusOne);
    }

    /// <summary>The same in plain torch operations, differentiated by autograd.</summary>
    internal static Tensor Reference(Tensor x, RotaryAngles angles, int headDim)
    {
        Tensor heads = x.view(x.shape[0], -1, headDim), cos = angles.Cos.unsqueeze(1), sin = angles.Sin.unsqueeze(1);
        Tensor x1 = heads.narrow(2, 0, headDim / 2), x2 = heads.narrow(2, headDim / 2, headDim / 2);
        return torch.cat([x1 * cos - x2 * sin, x2 * cos + x1 * sin], 2).view(x.shape);
    }
}
