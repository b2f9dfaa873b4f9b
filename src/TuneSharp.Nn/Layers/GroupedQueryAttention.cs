namespace TuneSharp.Nn;

/// <summary>
/// Self-attention of a decoder: o(attention(rope(q(x)), rope(k(x)), v(x))).
/// </summary>
public sealed class GroupedQueryAttention(Linear query, Linear key, Linear value, Linear output, AttentionHeads heads)
{
    public IReadOnlyList<Linear> Linears { get; } = [query, key, value, output];

    public AttentionHeads Heads => heads;

    /// <param name="t">Where it is recorded.</param>
    /// <param name="x">[T, D].</param>
    /// <param name="batch">The rows.</param>
    /// <param name="angles">Of this batch's positions.</param>
    /// <param name="cache">Keys and values of earlier tokens of these rows.</param>
    /// <param name="prefix">Keys and values before every row; see <see cref="PrefixSlot"/>.</param>
    /// <returns>[T, D].</returns>
    public Var Forward(Tape t, Var x, TokenBatch batch, RotaryAngles angles, LayerCache? cache, (Var Key, Var Value)? prefix = null)
    {
        Var q = t.Rope(query.Forward(t, x), angles, heads.HeadDim);
        Var k = t.Rope(key.Forward(t, x), angles, heads.HeadDim);
        Var v = value.Forward(t, x);
        return output.Forward(t, t.Attention(q, k, v, batch, heads, cache, prefix));
    }
}
