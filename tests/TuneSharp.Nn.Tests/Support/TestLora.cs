using TorchSharp;
using static TorchSharp.torch;

namespace TuneSharp.Nn.Tests.Support;

/// <summary>y += s · (x A^T) B^T, the smallest honest adapter.</summary>
internal sealed class TestLora(Parameter a, Parameter b, double scale) : ILinearAdapter
{
    public bool Trained => a.Trained || b.Trained;

    public Action<Tensor> Forward(Tape t, Linear linear, Var x, Tensor y)
    {
        bool needed = x.NeedsGrad || Trained;
        Buffer u = t.Rent(x.NumTokens, a.Value.shape[0]);
        u.Tensor.copy_(x.Data.mm(a.Value.t()));
        y.add_(u.Tensor.mm(b.Value.t()).mul_(scale));
        Kept keptX = needed ? t.Keep(x) : default, keptU = needed ? t.Keep(u) : default;
        return dY =>
        {
            Tensor dU = dY.mm(b.Value).mul_(scale);
            if (x.NeedsGrad) x.AddProduct(dU, a.Value);
            if (a.Trained) a.AddProduct(dU.t(), keptX.Data);
            if (b.Trained) b.AddProduct(dY.t(), keptU.Data, scale);
        };
    }

    public static Tensor Reference(Tensor x, Tensor a, Tensor b, double scale) => x.mm(a.t()).mm(b.t()) * scale;
}
