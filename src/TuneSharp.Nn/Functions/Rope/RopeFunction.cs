using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>Which two numbers of a head are rotated together.</summary>
public enum RotaryLayout
{
    /// <summary>Number i of the first half with number i of the second.</summary>
    Halves,

    /// <summary>Neighbours: 0 with 1, 2 with 3, …</summary>
    Pairs,
}

/// <summary>Cosines and sines of a batch's angles, both [T, r/2], already multiplied by the attention factor.</summary>
public sealed record RotaryAngles(Tensor Cos, Tensor Sin) : IDisposable
{
    public RotaryLayout Layout { get; init; }

    /// <summary>r: how much of a head is rotated.</summary>
    public long Width => Cos.shape[1] * 2;

    public void Dispose()
    {
        Cos.Dispose();
        Sin.Dispose();
    }
}

/// <summary>
/// Rotary position embedding of the first r numbers of every head of width d:                 (arXiv:2104.09864, section 3.4)
/// <code>
/// y1_Th = x1_Th · cos_Th - x2_Th · sin_Th      halves: x1 = x[0 … r/2), x2 = x[r/2 … r)
/// y2_Th = x2_Th · cos_Th + x1_Th · sin_Th      pairs:  x1 = x[0, 2, …], x2 = x[1, 3, …]
/// </code>
/// The rest of a head stays. Backward is the rotation by the negative angle. bfloat16 values are rotated in float32: angles of three
/// digits would misplace tokens. Works in x's buffer if nobody keeps it; x is spent.
/// </summary>
public static class RopeFunction
{
    /// <param name="t">Where it is recorded.</param>
    /// <param name="x">[T, heads · headDim].</param>
    /// <param name="angles">From <see cref="RotaryEmbedding.Angles"/>.</param>
    /// <param name="headDim">Width d of a head.</param>
    public static Var Rope(this Tape t, Var x, RotaryAngles angles, int headDim)
    {
        if (x.Width % headDim != 0 || angles.Width > headDim || angles.Cos.shape[0] != x.NumTokens)
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
        long tokens = x.shape[0], heads = x.shape[1] / headDim;
        if (x.dtype != angles.Cos.dtype)
        {
            // Narrower values are rotated in the angles' type and rounded once.
            using Buffer wide = workspace.Rent(angles.Cos.dtype, x.shape);
            Rotate(workspace, wide.Tensor.copy_(x), angles, headDim, sign);
            x.copy_(wide.Tensor);
            return;
        }
        (Tensor x1, Tensor x2) = Parts(x.view(tokens, heads, headDim), angles);
        Tensor cos = angles.Cos.unsqueeze(1), sin = angles.Sin.unsqueeze(1);
        using Buffer x1Sin = workspace.Rent(x.dtype, tokens, heads, angles.Width / 2);
        Aten.Mul(x1, sin, x1Sin.Tensor);
        x1.mul_(cos).addcmul_(x2, sin, sign > 0 ? Number.MinusOne : Number.One);
        x2.mul_(cos).add_(x1Sin.Tensor, sign > 0 ? Number.One : Number.MinusOne);
    }

    /// <summary>Views of what is rotated together, [T, H, r/2] each.</summary>
    private static (Tensor, Tensor) Parts(Tensor x_THd, RotaryAngles angles)
    {
        long half = angles.Width / 2;
        if (angles.Layout == RotaryLayout.Halves) return (x_THd.narrow(2, 0, half), x_THd.narrow(2, half, half));
        return (x_THd.slice(2, 0, 2 * half, 2), x_THd.slice(2, 1, 2 * half, 2));
    }

    /// <summary>The same in plain torch operations, differentiated by autograd.</summary>
    internal static Tensor Reference(Tensor x, RotaryAngles angles, int headDim)
    {
        long width = angles.Width, half = width / 2;
        Tensor heads = x.view(x.shape[0], -1, headDim), cos = angles.Cos.unsqueeze(1), sin = angles.Sin.unsqueeze(1), rest = heads.narrow(2, width, headDim - width);
        if (angles.Layout == RotaryLayout.Halves)
        {
            Tensor x1 = heads.narrow(2, 0, half), x2 = heads.narrow(2, half, half);
            return torch.cat([x1 * cos - x2 * sin, x2 * cos + x1 * sin, rest], 2).view(x.shape);
        }
        Tensor pairs = heads.narrow(2, 0, width).reshape(x.shape[0], -1, half, 2), even = pairs.select(3, 0), odd = pairs.select(3, 1);
        Tensor rotated = torch.stack([even * cos - odd * sin, odd * cos + even * sin], 3).flatten(2);
        return torch.cat([rotated, rest], 2).view(x.shape);
    }
}
