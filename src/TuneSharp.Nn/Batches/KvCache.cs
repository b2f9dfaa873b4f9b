using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>Keys and values of one layer, [Batch, KeyValueHeads, MaxTokens, HeadDim] each.</summary>
public sealed record LayerCache(Tensor Keys, Tensor Values, KvCache Cache);

/// <summary>
/// Keys and values of the tokens that a model has seen, for decoding. Row r of every batch continues row r of the cache;
/// rows may differ in length. For inference only: nothing runs backward through a cache.
/// </summary>
public sealed class KvCache : IDisposable
{
    private readonly LayerCache[] _layers;
    private readonly int[] _lengths;

    /// <param name="numLayers">Layers of the model.</param>
    /// <param name="batch">Rows.</param>
    /// <param name="numKeyValueHeads">Key and value heads of a layer.</param>
    /// <param name="headDim">Width of a head.</param>
    /// <param name="maxTokens">Room in each row.</param>
    /// <param name="type">Storage; the type of computation.</param>
    public KvCache(int numLayers, int batch, int numKeyValueHeads, int headDim, int maxTokens, ScalarType type = ScalarType.Float32)
    {
        TorchRuntime.EnsureLoaded();
        MaxTokens = maxTokens;
        _lengths = new int[batch];

        // Zeros, not undefined: masked places are multiplied by a weight of 0, which NaN would survive.
        Tensor New() => torch.zeros([batch, numKeyValueHeads, maxTokens, headDim], dtype: type).DetachFromDisposeScope();
        _layers = [.. Enumerable.Range(0, numLayers).Select(_ => new LayerCache(New(), New(), this))];
    }

    public int Batch => _lengths.Length;

    public int MaxTokens { get; }

    /// <summary>Bytes of keys and values.</summary>
    public long Bytes => _layers.Sum(layer => layer.Keys.numel() * layer.Keys.element_size() * 2);

    /// <summary>Longest row seen, for frequencies that depend on it.</summary>
    internal int RotaryLength { get; set; }

    /// <summary>Tokens that row <paramref name="row"/> holds, those of a prompt or prefix not counted.</summary>
    public int Length(int row) => _lengths[row] - NumPrimed;

    /// <summary>What the model's prompt or prefix takes at the beginning of every row.</summary>
    public int NumPrimed { get; private set; }

    /// <summary>Places that are taken in a row, <see cref="NumPrimed"/> included.</summary>
    internal int Filled(int row) => _lengths[row];

    /// <summary>Prompt and prefix are in their places, or there are none.</summary>
    internal bool IsPrimed { get; private set; }

    /// <summary>From here on what the rows hold belongs to them without being counted.</summary>
    internal void FinishPriming()
    {
        NumPrimed = _lengths[0];
        IsPrimed = true;
    }

    /// <summary>Writes keys and values into the next places of every row of a layer, [n, heads · width] each.</summary>
    internal void WritePrefix(int layer, Tensor key, Tensor value)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        LayerCache target = _layers[layer];
        long heads = target.Keys.shape[1], width = target.Keys.shape[3], count = key.shape[0];
        target.Keys.narrow(2, 0, count).copy_(key.view(count, heads, width).transpose(0, 1).unsqueeze(0));
        target.Values.narrow(2, 0, count).copy_(value.view(count, heads, width).transpose(0, 1).unsqueeze(0));
    }

    /// <summary>Every row has so many tokens more.</summary>
    internal void Advance(int count)
    {
        for (int r = 0; r < Batch; r++) _lengths[r] += count;
    }

    public LayerCache Layer(int layer) => _layers[layer];

    /// <summary>Forgets the tokens of a row from <paramref name="length"/> on.</summary>
    public void Truncate(int row, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length(row));
        _lengths[row] = NumPrimed + length;
    }

    /// <summary>Row r becomes a copy of what row <c>from[r]</c> held: the step of beam search.</summary>
    /// <param name="from">One row for each of <see cref="Batch"/>; a row may be named several times or not at all.</param>
    public void Reorder(int[] from)
    {
        if (from.Length != Batch) throw new ArgumentException($"The cache has {Batch} rows, {from.Length} were named.");
        int[] lengths = [.. _lengths];
        var moved = new List<int>();
        for (int r = 0; r < from.Length; r++)
        {
            if (from[r] != r) moved.Add(r);
            _lengths[r] = lengths[from[r]];
        }
        if (moved.Count == 0) return;
        int longest = Math.Max(1, moved.Max(r => _lengths[r]));
        using DisposeScope scope = torch.NewDisposeScope();
        Tensor to_M = torch.tensor(moved.ConvertAll(r => (long)r).ToArray()), from_M = torch.tensor(moved.ConvertAll(r => (long)from[r]).ToArray());
        foreach (LayerCache layer in _layers)
        {
            foreach (Tensor all in (Tensor[])[layer.Keys, layer.Values])
            {
                // Only what is filled moves; index_select makes a copy first, because rows may trade places.
                Tensor filled = all.narrow(2, 0, longest);
                filled.index_copy_(0, to_M, filled.index_select(0, from_M));
            }
        }
    }

    /// <summary>Forgets everything, prompt and prefix too.</summary>
    public void Clear()
    {
        Array.Clear(_lengths);
        NumPrimed = 0;
        IsPrimed = false;
        RotaryLength = 0;
    }

    /// <summary>Checks that a batch fits, before a model's first layer.</summary>
    public void Check(TokenBatch batch)
    {
        if (batch.Rows.Count != Batch) throw new ArgumentException($"The cache has {Batch} rows, the batch {batch.Rows.Count}.");
        for (int r = 0; r < Batch; r++)
        {
            if (_lengths[r] + batch.Rows[r].Length > MaxTokens)
                throw new InvalidOperationException($"The cache holds {MaxTokens} tokens a row; row {r} has {_lengths[r]} and gets {batch.Rows[r].Length} more.");
        }
    }

    /// <summary>After a model's last layer: the batch's tokens are in.</summary>
    public void Advance(TokenBatch batch)
    {
        for (int r = 0; r < Batch; r++) _lengths[r] += batch.Rows[r].Length;
    }

    public void Dispose()
    {
        foreach (LayerCache layer in _layers)
        {
            layer.Keys.Dispose();
            layer.Values.Dispose();
        }
    }
}
