using TuneSharp.Nn;

namespace TuneSharp.Models.Heads;

// T = tokens of the batch, D = hidden size, R = rows, N = labels.

/// <summary>What turns the last hidden states of a batch into N numbers a row.</summary>
internal abstract class ClassifierHead
{
    /// <summary>In the order of computation; the last one gives the N numbers.</summary>
    public abstract IReadOnlyList<Linear> Linears { get; }

    /// <param name="t">Where it is recorded.</param>
    /// <param name="hidden_TD">The last hidden states.</param>
    /// <param name="batch">The rows.</param>
    /// <returns>[R, N].</returns>
    public abstract Var Forward(Tape t, Var hidden_TD, TokenBatch batch);
}

/// <summary>Of encoders: out(activation(dense(first token of the row))).</summary>
internal sealed class FirstTokenHead(Linear dense, Activation activation, Linear output) : ClassifierHead
{
    public override IReadOnlyList<Linear> Linears { get; } = [dense, output];

    public override Var Forward(Tape t, Var hidden_TD, TokenBatch batch) => output.Forward(t, Pool(t, hidden_TD, batch));

    /// <summary>What the last linear gets: BERT's pooler_output, [R, D].</summary>
    public Var Pool(Tape t, Var hidden_TD, TokenBatch batch) =>
        t.Activate(dense.Forward(t, t.Rows(hidden_TD, [.. batch.Rows.Select(row => RequireTokens(row).Start)])), activation);

    private static TokenRow RequireTokens(TokenRow row) => row.Length > 0 ? row : throw new ArgumentException("A row without a token cannot be classified.");
}

/// <summary>Of decoders: score(last token of the row whose id is not that of padding).</summary>
/// <param name="score">[D] to [N], mostly without a bias.</param>
/// <param name="paddingId">pad_token_id; tokens with it at a row's end are passed over even where they mean something else (Hugging Face's rule). Null: none.</param>
internal sealed class LastTokenHead(Linear score, int? paddingId) : ClassifierHead
{
    public override IReadOnlyList<Linear> Linears { get; } = [score];

    public override Var Forward(Tape t, Var hidden_TD, TokenBatch batch) => score.Forward(t, t.Rows(hidden_TD, [.. batch.Rows.Select(row => LastOf(row, batch))]));

    private int LastOf(TokenRow row, TokenBatch batch)
    {
        if (row.Length == 0) throw new ArgumentException("A row without a token cannot be classified.");
        int last = row.Start + row.Length - 1;
        while (last > row.Start && batch.Ids[last] == paddingId) last--;
        return last;
    }
}
