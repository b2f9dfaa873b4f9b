// T = tokens of the batch, n = virtual tokens before each row, R = rows, D = width
using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// Puts a prompt's rows where a batch has virtual tokens:                                     (arXiv:2104.08691, section 2)
/// y_TD[virtual token i of any row] = p_nD[i], y = x elsewhere. Works in x's buffer if nobody keeps it; x is spent.
/// <code>dP[i] += sum of dY over the rows' virtual tokens i      dX = dY, 0 at virtual tokens</code>
/// </summary>
public static class PlacePromptFunction
{
    /// <param name="t">Where it is recorded.</param>
    /// <param name="prompt">[n, D].</param>
    /// <param name="x">[T, D]; what it holds at virtual tokens does not count.</param>
    /// <param name="batch">Has n virtual tokens before each row.</param>
    public static Var PlacePrompt(this Tape t, Var prompt, Var x, TokenBatch batch)
    {
        int n = batch.NumVirtualTokens;
        if (prompt.NumTokens != n || prompt.Width != x.Width || x.NumTokens != batch.NumTokens)
            throw new ArgumentException($"PlacePrompt: a prompt [{prompt.NumTokens}, {prompt.Width}] for {n} virtual tokens in [{x.NumTokens}, {x.Width}].");
        using DisposeScope scope = NewDisposeScope();
        Tensor places = batch.VirtualPlaces;
        int rows = batch.Rows.Count;
        Buffer y = t.TakeOver(x);
        y.Tensor.index_copy_(0, places, prompt.Data.repeat(rows, 1).to(y.Tensor.dtype));
        return t.Record(y, prompt.NeedsGrad || x.NeedsGrad, dOut =>
        {
            Tensor dY = dOut.Tensor;
            if (prompt.NeedsGrad)
            {
                Buffer dP = t.Workspace.Rent(n, dY.shape[1]);
                dP.Tensor.copy_(dY.index_select(0, places).view(rows, n, -1).sum([0]));
                prompt.Give(dP);
            }
            if (!x.NeedsGrad) return;
            Buffer dX = t.Workspace.Rent(dY.dtype, dY.shape);
            dX.Tensor.copy_(dY).index_fill_(0, places, Number.Zero);
            x.Give(dX);
        });
    }

    /// <summary>The same in plain torch operations, differentiated by autograd.</summary>
    internal static Tensor Reference(Tensor prompt, Tensor x, Tensor places, int rows) => x.index_copy(0, places, prompt.repeat(rows, 1));
}
