using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// y_ND = x_TD[tokens_N]: some tokens of a value, as for the logits of each row's last token.
/// <code>dX[token] += dY</code>
/// </summary>
public static class RowsFunction
{
    public static Var Rows(this Tape t, Var x, IReadOnlyList<int> tokens)
    {
        using DisposeScope scope = NewDisposeScope();
        long count = x.NumTokens;
        foreach (int token in tokens)
            if (token < 0 || token >= count) throw new ArgumentOutOfRangeException(nameof(tokens), token, $"There are {count} tokens.");
        Tensor index = torch.tensor(tokens.Select(token => (long)token).ToArray());
        Buffer y = t.Rent(tokens.Count, x.Width);
        Aten.Rows(x.Data, index, y.Tensor);
        if (!x.NeedsGrad || !t.Recording) return t.Record(y, x.NeedsGrad, _ => { });

        long[] shape = x.Data.shape, copied = [.. tokens.Select(token => (long)token)];
        return t.Record(y, true, dY =>
        {
            Buffer dX = t.Workspace.Rent(shape);
            dX.Tensor.zero_().index_add_(0, torch.tensor(copied), dY.Tensor, Number.One);
            x.Give(dX);
        });
    }

    /// <summary>The same in plain torch operations, differentiated by autograd.</summary>
    internal static Tensor Reference(Tensor x, Tensor tokens) => x.index_select(0, tokens);
}
