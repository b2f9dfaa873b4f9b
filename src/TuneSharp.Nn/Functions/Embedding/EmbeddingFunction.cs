using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// y_TD = E_VD[ids_T]
/// <code>dE[id] += sum of dY over the tokens with that id, except for the padding id</code>
/// </summary>
public static class EmbeddingFunction
{
    /// <param name="t">Where it is recorded.</param>
    /// <param name="weight">[V, D], any storage.</param>
    /// <param name="batch">The ids; each must lie in [0, V). Virtual tokens get some row, for <see cref="PlacePromptFunction"/> to replace.</param>
    /// <param name="paddingId">The id whose row gets no gradient from here, even where it is a real token (Hugging Face's padding_idx).</param>
    public static Var Embedding(this Tape t, Parameter weight, TokenBatch batch, int? paddingId = null)
    {
        long vocabulary = weight.Value.shape[0];
        int lowest = batch.NumVirtualTokens > 0 ? TokenBatch.Virtual : 0;
        foreach (int id in batch.Ids)
            if (id < lowest || id >= vocabulary) throw new ArgumentException($"Token id {id} is outside the vocabulary of {vocabulary} ({weight.Name}).");
        using DisposeScope scope = NewDisposeScope();
        Buffer y = t.Rent(t.Workspace.ResidualType, batch.NumTokens, weight.Value.shape[1]);
        if (weight.Value.dtype == y.Tensor.dtype) Aten.Rows(weight.Value, batch.IdTensor, y.Tensor);
        else y.Tensor.copy_(weight.Value.index_select(0, batch.IdTensor));

        return t.Record(y, weight.Trained, dY =>
        {
            if (paddingId is not { } padding || !batch.Ids.Contains(padding))
            {
                weight.AddRows(batch.IdTensor, dY.Tensor);
                return;
            }
            long[] tokens = [.. Enumerable.Range(0, batch.NumTokens).Where(i => batch.Ids[i] != padding).Select(i => (long)i)];
            Tensor counted = torch.tensor(tokens);
            weight.AddRows(batch.IdTensor.index_select(0, counted), dY.Tensor.index_select(0, counted));
        });
    }

    /// <summary>The same in plain torch operations, differentiated by autograd.</summary>
    internal static Tensor Reference(Tensor weight, Tensor ids) => weight.index_select(0, ids);
}
