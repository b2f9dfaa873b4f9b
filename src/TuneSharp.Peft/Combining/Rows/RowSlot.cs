// T = tokens, I = in, O = out
using TuneSharp.Nn;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Lora.Embeddings;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Combining.Rows;

/// <summary>In a linear's slot: the tokens of each row go through the adapters of that row. A row's tokens lie together, so nothing is copied but its part of the input.</summary>
internal sealed class RowSlot : ILinearAdapter
{
    private readonly TokenBatch _batch;
    private readonly IReadOnlyList<IReadOnlyList<ILinearAdapter>> _byRow;

    /// <param name="linear">Gets the slot.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="byRow">What adds to each row's output.</param>
    public RowSlot(Linear linear, TokenBatch batch, IReadOnlyList<IReadOnlyList<ILinearAdapter>> byRow)
    {
        Linear = linear;
        _batch = batch;
        _byRow = byRow;
        linear.Adapters.Add(this);
    }

    public Linear Linear { get; }

    public bool Trained => false;

    public Action<Tensor>? Forward(Tape t, Linear linear, Var x, Tensor y)
    {
        if (x.NeedsGrad && t.Recording) throw new InvalidOperationException("Adapters by row are for inference.");
        // A head may be asked for one token of each row only.
        bool onePerRow = x.NumTokens == _batch.Rows.Count && x.NumTokens != _batch.NumTokens;
        if (!onePerRow && x.NumTokens != _batch.NumTokens) throw new InvalidOperationException($"{linear.Name} gets {x.NumTokens} tokens of a batch with {_batch.NumTokens}: it is not known of which rows.");
        for (int r = 0; r < _byRow.Count; r++)
        {
            TokenRow row = onePerRow ? new TokenRow(r, 1) : _batch.Rows[r];
            if (_byRow[r].Count == 0 || row.Length == 0) continue;
            using TorchSharp.DisposeScope scope = NewDisposeScope();
            Var part = t.Leaf(x.Data.narrow(0, row.Start, row.Length));
            foreach (ILinearAdapter adapter in _byRow[r]) adapter.Forward(t, linear, part, y.narrow(0, row.Start, row.Length));
        }
        return null;
    }
}

/// <summary>In the embedding's slot: each row's tokens with the row's own adapter.</summary>
internal sealed class RowEmbeddingSlot : IEmbeddingAdapter
{
    private readonly IReadOnlyList<LoraEmbedding?> _byRow;

    public RowEmbeddingSlot(Embedding embedding, IReadOnlyList<LoraEmbedding?> byRow)
    {
        Embedding = embedding;
        _byRow = byRow;
        embedding.Adapters.Add(this);
    }

    public Embedding Embedding { get; }

    public bool Trained => false;

    public Var After(Tape t, Embedding embedding, TokenBatch batch, Var y)
    {
        if (batch.Rows.Count != _byRow.Count) throw new InvalidOperationException($"Adapters were named for {_byRow.Count} rows, the batch has {batch.Rows.Count}.");
        for (int r = 0; r < _byRow.Count; r++) _byRow[r]?.AddToRows(t, batch, batch.Rows[r], y.Data);
        return y;
    }
}
