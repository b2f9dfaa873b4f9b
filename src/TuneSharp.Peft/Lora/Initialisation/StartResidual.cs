// T = tokens, I = in, O = out, r = rank
using TorchSharp;
using TuneSharp.Nn;
using static TorchSharp.torch;
using Buffer = TuneSharp.Nn.Buffer;

namespace TuneSharp.Peft.Lora.Initialisation;

/// <summary>
/// What PiSSA and OLoRA take out of the base before training: y -= s B0 A0 x, in a slot beside the adapter that began with B0 and
/// A0. The base itself is not edited, so a packed one serves too and detaching leaves it bit for bit; the price is a second thin
/// product.
/// </summary>
/// <param name="lora">The adapter: its scale and strength are this one's.</param>
/// <param name="a0">[r, I].</param>
/// <param name="b0">[r, O].</param>
internal sealed class StartResidual(LoraAdapter lora, Tensor a0, Tensor b0) : ILinearAdapter, IDisposable
{
    /// <summary>[r, I].</summary>
    public Tensor A0 { get; } = a0.DetachFromDisposeScope();

    /// <summary>[r, O].</summary>
    public Tensor B0 { get; } = b0.DetachFromDisposeScope();

    public LoraAdapter Lora => lora;

    public bool Trained => false;

    public Action<Tensor>? Forward(Tape t, Linear linear, Var x, Tensor y)
    {
        Workspace ws = t.Workspace;
        double s = lora.Scale * lora.Strength;
        long numTokens = x.NumTokens;
        using (Buffer u_rT = ws.Rent(A0.shape[0], numTokens))
        {
            u_rT.Tensor.addmm_(A0.to(ws.ComputeType), x.Data.t(), 0, 1);
            y.addmm_(u_rT.Tensor.t(), B0.to(ws.ComputeType), 1, (float)-s);
        }
        if (!x.NeedsGrad) return null;
        return dY_TO =>
        {
            using Buffer dU_rT = ws.Rent(A0.shape[0], numTokens);
            dU_rT.Tensor.addmm_(B0.to(ws.ComputeType), dY_TO.t(), 0, (float)-s);
            x.AddProduct(dU_rT.Tensor.t(), A0.to(ws.ComputeType));
        };
    }

    /// <summary>W_OI -= s B0^T A0, for the strength that is set now.</summary>
    /// <param name="weight">A copy of the base's weight, as it is stored; changed in place.</param>
    public void Apply(Tensor weight)
    {
        using DisposeScope scope = NewDisposeScope();
        using var off = no_grad();
        Tensor weight_OI = lora.Linear.Transposed ? weight.t() : weight;
        weight_OI.addmm_(B0.to(weight.dtype).t(), A0.to(weight.dtype), 1, (float)(-lora.Scale * lora.Strength));
    }

    public void Dispose()
    {
        A0.Dispose();
        B0.Dispose();
    }
}
