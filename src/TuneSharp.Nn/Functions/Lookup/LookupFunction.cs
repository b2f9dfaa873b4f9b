using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// y_ND = W_RD[rows_N]: learned positions, kinds of tokens and other small tables that are not the token embedding.
/// <code>dW[row] += sum of dY over the places with that row, except for one row that is to stay as it is</code>
/// </summary>
public static class LookupFunction
{
    /// <param name="t">Where it is recorded.</param>
    /// <param name="weight">[R, D], any storage.</param>
    /// <param name="rows">N numbers in [0, R).</param>
    /// <param name="frozenRow">The row that gets no gradient (Hugging Face's padding_idx).</param>
    /// <returns>[N, D].</returns>
    public static Var Lookup(this Tape t, Parameter weight, IReadOnlyList<int> rows, int? frozenRow = null)
    {
        long count = weight.Value.shape[0];
        foreach (int row in rows)
            if (row < 0 || row >= count) throw new ArgumentOutOfRangeException(nameof(rows), row, $"{weight.Name} has {count} rows.");
        using DisposeScope scope = NewDisposeScope();
        Tensor index = torch.tensor(rows.Select(row => (long)row).ToArray());
        Buffer y = t.Rent(rows.Count, weight.Value.shape[1]);
        if (weight.Value.dtype == y.Tensor.dtype) Aten.Rows(weight.Value, index, y.Tensor);
        else y.Tensor.copy_(weight.Value.index_select(0, index));
        if (!weight.Trained || !t.Recording) return t.Record(y, weight.Trained, _ => { });

        int[] copied = [.. rows];
        return t.Record(y, true, dY =>
        {
            long[] places = [.. Enumerable.Range(0, copied.Length).Where(i => copied[i] != frozenRow).Select(i => (long)i)];
            Tensor moved = torch.tensor(places.Select(i => (long)copied[i]).ToArray());
            weight.AddRows(moved, places.Length == copied.Length ? dY.Tensor : dY.Tensor.index_select(0, torch.tensor(places)));
        });
    }

    /// <summary>The same in plain torch operations, differentiated by autograd.</summary>
    internal static Tensor Reference(Tensor weight, Tensor rows) => weight.index_select(0, rows);
}
