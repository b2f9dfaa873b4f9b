// T = tokens, V = vocabulary, D = width, n = trained rows
using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;
using Buffer = TuneSharp.Nn.Buffer;

namespace TuneSharp.Peft.TrainableTokens;

/// <summary>
/// Some rows of the token embedding, and of a tied output head, trained on their own: they stand in place of the base's.
/// <code>
/// embedding: y_TD[t] = R_nD[i] where ids[t] is the i-th trained id       dR[i] += sum of dY over those tokens
/// head:      z_TV[:, id_i] = x_TD R_nD^T                                 dR += dZ[:, id]^T x      dX += dZ[:, id] R
/// </code>
/// The base's rows get no gradient from here, and the head's product none in those columns.
/// </summary>
public sealed class TokenRows : IEmbeddingAdapter, ILinearAdapter, IDisposable
{
    private readonly Dictionary<int, int> _indexOf;
    private readonly Tensor _ids;

    /// <param name="name">Of the parameter, as the file has it.</param>
    /// <param name="embedding">Whose rows start as they are in the base.</param>
    /// <param name="ids">Token ids, each once.</param>
    /// <param name="head">An output head with the same matrix; null: it is not tied.</param>
    /// <exception cref="InvalidInputException">An id is outside the vocabulary, or the matrix is packed.</exception>
    public TokenRows(string name, Embedding embedding, IReadOnlyList<int> ids, Linear? head)
    {
        if (ids.FirstOrDefault(id => id >= embedding.NumEmbeddings, -1) is var outside and >= 0)
            throw new InvalidInputException($"The token id {outside} is to be trained, but {embedding.Name} has {embedding.NumEmbeddings} rows.", null, "Name ids below that number.");
        if (embedding.Weight.Packed is { } packed)
            throw new InvalidInputException($"{embedding.Weight.Name} is stored as {packed.Storage} and cannot be trained as a whole.", null, "Leave its module out, or load the base without quantization.");
        Embedding = embedding;
        Head = head;
        Ids = ids;
        _indexOf = ids.Select((id, i) => (id, i)).ToDictionary(pair => pair.id, pair => pair.i);
        using var off = no_grad();
        _ids = tensor(ids.Select(id => (long)id).ToArray()).DetachFromDisposeScope();
        using Tensor rows = embedding.Weight.Value.index_select(0, _ids);
        Rows = new Parameter(name, rows.to(rows.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32, copy: true));
    }

    public Embedding Embedding { get; }

    /// <summary>Null where the output head is a matrix of its own.</summary>
    public Linear? Head { get; }

    public IReadOnlyList<int> Ids { get; }

    /// <summary>R: [n, D].</summary>
    public Parameter Rows { get; }

    public bool Trained => Rows.Trained;

    public void Attach()
    {
        Embedding.Adapters.Add(this);
        Head?.Adapters.Add(this);
    }

    public void Detach()
    {
        Embedding.Adapters.Remove(this);
        Head?.Adapters.Remove(this);
    }

    /// <summary>What merging does: the rows give way.</summary>
    public WeightChange Change() => new(Embedding.Weight, value => value.index_copy_(0, _ids, Rows.Value.to(value.dtype)));

    public Var After(Tape t, Embedding embedding, TokenBatch batch, Var y)
    {
        long[] places = [.. Enumerable.Range(0, batch.NumTokens).Where(i => _indexOf.ContainsKey(batch.Ids[i])).Select(i => (long)i)];
        if (places.Length == 0) return y;
        using DisposeScope scope = NewDisposeScope();
        Tensor places_N = tensor(places).DetachFromDisposeScope(), rows_N = tensor(places.Select(place => (long)_indexOf[batch.Ids[(int)place]]).ToArray()).DetachFromDisposeScope();
        Buffer z = t.TakeOver(y);
        z.Tensor.index_copy_(0, places_N, Computed(t).index_select(0, rows_N));
        bool needsGrad = Trained || y.NeedsGrad;
        if (!needsGrad || !t.Recording)
        {
            places_N.Dispose();
            rows_N.Dispose();
        }
        return t.Record(z, needsGrad, dZ =>
        {
            if (Trained) Rows.AddRows(rows_N, dZ.Tensor.index_select(0, places_N));
            if (y.NeedsGrad) y.Give(Without(t, dZ, 0, places_N));
            places_N.Dispose();
            rows_N.Dispose();
        });
    }

    public Var After(Tape t, Linear linear, Var x, Var y)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor columns = x.Data.mm(Computed(t).t());
        if (linear.Bias is { } bias) columns.add_(bias.Value.index_select(0, _ids), Number.One);
        Kept input = Trained ? t.Keep(x) : default;
        Buffer z = t.TakeOver(y);
        z.Tensor.index_copy_(1, _ids, columns);
        return t.Record(z, Trained || x.NeedsGrad || y.NeedsGrad, dZ =>
        {
            Tensor dColumns = dZ.Tensor.index_select(1, _ids);
            if (Trained) Rows.AddProduct(dColumns.t(), input.Data);
            if (x.NeedsGrad) x.AddProduct(dColumns, Computed(t));
            if (y.NeedsGrad) y.Give(Without(t, dZ, 1, _ids));
        });
    }

    public void Dispose()
    {
        Rows.Dispose();
        _ids.Dispose();
    }

    /// <summary>The same in plain torch operations, differentiated by autograd: embedding and tied head.</summary>
    internal static Tensor Reference(Tensor e_VD, Tensor rows_nD, Tensor trained, Tensor ids, out Tensor replaced_VD)
    {
        replaced_VD = e_VD.index_copy(0, trained, rows_nD);
        return replaced_VD.index_select(0, ids);
    }

    private Tensor Computed(Tape t) => Rows.Value.dtype == t.Workspace.ComputeType ? Rows.Value : Rows.Value.to(t.Workspace.ComputeType);

    /// <summary>A copy with zeros in some rows or columns.</summary>
    private static Buffer Without(Tape t, Buffer d, long dimension, Tensor index)
    {
        Buffer copy = t.Workspace.Rent(d.Tensor.shape);
        copy.Tensor.copy_(d.Tensor).index_fill_(dimension, index, Number.Zero);
        return copy;
    }
}
