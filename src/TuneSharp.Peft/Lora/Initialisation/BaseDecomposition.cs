// O = out, I = in, r = rank, k = min(O, I)
using TorchSharp;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using TuneSharp.Peft.Randomness;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Lora.Initialisation;

/// <summary>
/// The strongest part of a weight as two thin factors, s B A:
/// <code>
/// PiSSA (Meng et al. 2024, arXiv:2404.02948):  W = U S V^T      B = U_r sqrt(S_r / s)      A = sqrt(S_r / s) V_r^T
/// OLoRA (Büyükakyüz 2024, arXiv:2406.01775):   W = Q R          B = Q_r                    A = R_r
/// </code>
/// PiSSA's quick form finds the leading vectors by power iteration from random ones (Halko et al. 2011, arXiv:0909.4061, algorithm 4.4);
/// here they are a function of the module's name, so that loading finds the same ones again.
/// </summary>
internal static class BaseDecomposition
{
    /// <param name="lora">Rank, scale and linear.</param>
    /// <param name="start">PiSSA or OLoRA.</param>
    /// <returns>A [r, I] and B [r, O] in float32. Rows beyond k are 0.</returns>
    public static (Tensor A, Tensor B) Of(LoraAdapter lora, LoraStart start)
    {
        using DisposeScope scope = NewDisposeScope();
        using var off = no_grad();
        Tensor w_OI = lora.Linear.CopyWeight_OI(ScalarType.Float32);
        (Tensor b_Or, Tensor a_rI) = start switch
        {
            { Kind: LoraStartKind.Olora } => Orthogonal(w_OI),
            { Iterations: { } iterations } => Principal(Quick(w_OI, lora, iterations), lora),
            _ => Principal(linalg.svd(w_OI, fullMatrices: false), lora),
        };
        return (Fitted(a_rI, lora.Rank), Fitted(b_Or.t(), lora.Rank));
    }

    private static (Tensor, Tensor) Orthogonal(Tensor w_OI)
    {
        (Tensor q, Tensor r) = linalg.qr(w_OI);
        return (q, r);
    }

    private static (Tensor, Tensor) Principal((Tensor U, Tensor S, Tensor Vh) parts, LoraAdapter lora)
    {
        long rank = Math.Min(lora.Rank, parts.S.shape[0]);
        Tensor root_r = parts.S.narrow(0, 0, rank).div(Number.Of(lora.Scale)).sqrt_();
        return (parts.U.narrow(1, 0, rank).mul(root_r), parts.Vh.narrow(0, 0, rank).mul(root_r.unsqueeze(1)));
    }

    private static (Tensor U, Tensor S, Tensor Vh) Quick(Tensor w_OI, LoraAdapter lora, int iterations)
    {
        long rank = Math.Min(lora.Rank, Math.Min(w_OI.shape[0], w_OI.shape[1]));
        var values = new float[w_OI.shape[1] * rank];
        CounterRandom.FillNormal(values, CounterRandom.Key(0, lora.NameHash), 1);
        Tensor q_Or = linalg.qr(w_OI.mm(tensor(values).reshape(-1, rank))).Q;
        for (int i = 0; i < iterations; i++) q_Or = linalg.qr(w_OI.mm(linalg.qr(w_OI.t().mm(q_Or)).Q)).Q;
        (Tensor u, Tensor s, Tensor vh) = linalg.svd(q_Or.t().mm(w_OI), fullMatrices: false);
        return (q_Or.mm(u), s, vh);
    }

    private static Tensor Fitted(Tensor rows, int rank)
    {
        Tensor fitted = zeros(rank, rows.shape[1]);
        long count = Math.Min(rank, rows.shape[0]);
        fitted.narrow(0, 0, count).copy_(rows.narrow(0, 0, count));
        return fitted.MoveToOuterDisposeScope();
    }
}
