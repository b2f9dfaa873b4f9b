// T = tokens, V = vocabulary, D = width, r = rank
using TorchSharp;
using TuneSharp.Nn;
using static TorchSharp.torch;
using Buffer = TuneSharp.Nn.Buffer;

namespace TuneSharp.Peft.Lora.Embeddings;

/// <summary>
/// LoRA on the token embedding: E' = E + s A B, of which only the rows that occur are made.
/// <code>
/// u_Tr = A_Vr[ids]      y_TD += s u B_rD      dB += s u^T dY      dA[id] += s dY B^T, summed over the tokens with that id
/// </code>
/// A and B lie transposed against the file. Dropout does not apply, as in PEFT.
/// </summary>
public sealed class LoraEmbedding : IEmbeddingAdapter, IDisposable
{
    internal LoraEmbedding(Embedding embedding, LoraConfig config)
    {
        Embedding = embedding;
        Scale = config.ScaleFor(embedding.Name);
        int rank = config.RankOf(embedding.Name);
        string prefix = LoraNames.Module(embedding.Name);
        using var off = no_grad();
        A = new Parameter(prefix + LoraNames.EmbeddingA, zeros(embedding.NumEmbeddings, rank));
        B = new Parameter(prefix + LoraNames.EmbeddingB, zeros(rank, embedding.Width));
    }

    public Embedding Embedding { get; }

    /// <summary>[V, r]: transposed against the file.</summary>
    public Parameter A { get; }

    /// <summary>[r, D]: transposed against the file.</summary>
    public Parameter B { get; }

    public double Scale { get; }

    /// <summary>Multiplies the adapter's part: 1 as trained, 0 as if it were not there.</summary>
    public double Strength { get; set; } = 1;

    public bool Trained => A.Trained || B.Trained;

    public Var After(Tape t, Embedding embedding, TokenBatch batch, Var y)
    {
        Var u = t.Embedding(A, batch, embedding.PaddingId);
        using DisposeScope scope = NewDisposeScope();
        double s = Scale * Strength;
        Buffer sum = t.TakeOver(y);
        sum.Tensor.addmm_(u.Data, LoraAdapter.Computed(B, t.Workspace), 1, (float)s);
        Kept hidden = B.Trained ? t.Keep(u) : default;
        return t.Record(sum, y.NeedsGrad || u.NeedsGrad || B.Trained, dY =>
        {
            if (B.Trained) B.AddProduct(hidden.Data.t(), dY.Tensor, s);
            if (u.NeedsGrad) u.AddProduct(dY.Tensor, LoraAdapter.Computed(B, t.Workspace).t(), s);
            if (y.NeedsGrad) y.Give(dY.Hold());
        });
    }

    /// <summary>Adds the adapter's part to the tokens of one row only, without a gradient.</summary>
    internal void AddToRows(Tape t, TokenBatch batch, TokenRow row, Tensor y_TD)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = tensor(Enumerable.Range(row.Start, row.Length).Select(i => (long)Math.Max(0, batch.Ids[i])).ToArray());
        Tensor u_Tr = A.Value.index_select(0, ids).to(t.Workspace.ComputeType);
        y_TD.narrow(0, row.Start, row.Length).addmm_(u_Tr, LoraAdapter.Computed(B, t.Workspace), 1, (float)(Scale * Strength));
    }

    /// <summary>E_VD += s A B, for the strength that is set now.</summary>
    public void AddTo(Tensor weight)
    {
        using DisposeScope scope = NewDisposeScope();
        using var off = no_grad();
        weight.addmm_(A.Value.to(weight.dtype), B.Value.to(weight.dtype), 1, (float)(Scale * Strength));
    }

    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
    }

    /// <summary>The same as PEFT writes it, in plain torch operations that autograd differentiates.</summary>
    internal static Tensor Reference(Tensor e_VD, Tensor a_rV, Tensor b_Dr, Tensor ids, double scale) =>
        e_VD.index_select(0, ids) + a_rV.t().index_select(0, ids).mm(b_Dr.t()) * scale;
}
