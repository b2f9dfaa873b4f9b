namespace TuneSharp.Nn;

/// <summary>
/// Self-attention of a decoder whose queries, keys and values come from one linear, in this order:
/// [q k v] = fused(x), o(attention(q, k, v)), with q and k rotated where the family rotates.
/// </summary>
/// <param name="fused">[D] to [(H + 2K) · d].</param>
/// <param name="output">[H · d] to [D].</param>
/// <param name="heads">H, K, d and the scale.</param>
public sealed class FusedAttention(Linear fused, Linear output, AttentionHeads heads)
{
    public IReadOnlyList<Linear> Linears { get; } = [fused, output];

    /// <param name="t">Where it is recorded.</param>
    /// <param name="x">[T, D].</param>
    /// <param name="batch">The rows.</param>
    /// <param name="angles">Of this batch's positions; null: nothing is rotated.</param>
    /// <param name="cache">Keys and values of earlier tokens of these rows.</param>
    /// <param name="prefix">Keys and values before every row; see <see cref="PrefixSlot"/>.</param>
    /// <returns>[T, D].</returns>
    public Var Forward(Tape t, Var x, TokenBatch batch, RotaryAngles? angles, LayerCache? cache, (Var Key, Var Value)? prefix = null)
    {
        long queries = heads.NumHeads * heads.HeadDim, keys = heads.NumKeyValueHeads * heads.HeadDim;
        Var all = fused.Forward(t, x);
        Var q = t.Columns(all, 0, queries), k = t.Columns(all, queries, keys), v = t.Columns(all, queries + keys, keys);
        if (angles is not null) (q, k) = (t.Rope(q, angles, heads.HeadDim), t.Rope(k, angles, heads.HeadDim));
        return output.Forward(t, t.Attention(q, k, v, batch, heads, cache, prefix));
    }
}
