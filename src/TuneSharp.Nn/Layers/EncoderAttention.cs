namespace TuneSharp.Nn;

/// <summary>Self-attention of an encoder: o(attention(q(x), k(x), v(x))). Every token of a row sees every other; nothing is rotated.</summary>
public sealed class EncoderAttention(Linear query, Linear key, Linear value, Linear output, AttentionHeads heads)
{
    private readonly AttentionHeads _heads = heads with { Causal = false };

    public IReadOnlyList<Linear> Linears { get; } = [query, key, value, output];

    /// <param name="t">Where it is recorded.</param>
    /// <param name="x">[T, D].</param>
    /// <param name="batch">The rows.</param>
    /// <param name="prefix">Keys and values before every row; see <see cref="PrefixSlot"/>.</param>
    /// <returns>[T, D].</returns>
    public Var Forward(Tape t, Var x, TokenBatch batch, (Var Key, Var Value)? prefix = null) =>
        output.Forward(t, t.Attention(query.Forward(t, x), key.Forward(t, x), value.Forward(t, x), batch, _heads, cache: null, prefix));
}
