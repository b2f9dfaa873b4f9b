using TorchSharp;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>Rows of similar length that attention computes at once, padded to the longest: see <see cref="RowLayout"/>.</summary>
/// <param name="NumRows">B.</param>
/// <param name="Length">L, of the longest.</param>
/// <param name="KeyLength">Its keys: L, and those of a prefix before them.</param>
/// <param name="QueryOffset">First line in the query layout.</param>
/// <param name="KeyOffset">First line in the key layout.</param>
internal readonly record struct RowGroup(int NumRows, int Length, int KeyLength, int QueryOffset, int KeyOffset);

/// <summary>
/// How the heads of a batch's tokens are sorted for attention, and back. In the token order a line of d numbers is
/// (token, head); in the layout it is, group after group, (row, key head, position, query head of the group): so the
/// queries of one key head are one matrix, blocks of positions are slices of it, and all rows of a group are one batched product.
/// Rows are padded on the right, where the causal mask hides the padding's keys from every real query; without that mask only
/// rows of one length make a group. A prefix of n keys that all rows share comes first in each row's keys: in the token
/// order it stands before token 0.
/// </summary>
internal sealed class RowLayout : IDisposable
{
    /// <summary>A group takes rows down to this share of its longest.</summary>
    private const double ShortestShare = 0.85;

    private readonly AttentionHeads _shape;
    private CausalMask? _mask;

    public RowLayout(TokenBatch batch, AttentionHeads shape, int prefix)
    {
        _shape = shape;
        Prefix = prefix;
        int heads = shape.NumHeads, keyHeads = shape.NumKeyValueHeads, perKey = shape.GroupSize;
        List<List<TokenRow>> groups = Sort(batch.Rows, shape.Causal ? ShortestShare : 1);
        int padded = groups.Sum(g => g.Count * g[0].Length);
        NumQueryLines = padded * heads;
        NumKeyLines = (padded + groups.Sum(g => g.Count) * prefix) * keyHeads;
        long[] gatherQ = new long[NumQueryLines], gatherK = new long[NumKeyLines];
        long[] scatterQ = new long[batch.NumTokens * heads], scatterK = new long[(prefix + batch.NumTokens) * keyHeads];
        List<long> padding = [], prefixLines = [];
        int q = 0, k = 0;
        foreach (List<TokenRow> rows in groups)
        {
            int length = rows[0].Length;
            Groups.Add(new RowGroup(rows.Count, length, prefix + length, q, k));
            foreach (TokenRow row in rows)
            {
                for (int head = 0; head < keyHeads; head++)
                {
                    for (int i = 0; i < prefix; i++)
                    {
                        prefixLines.Add(k);
                        gatherK[k++] = i * keyHeads + head;
                    }
                    for (int i = 0; i < length; i++)
                    {
                        bool real = i < row.Length;
                        int token = row.Start + Math.Min(i, row.Length - 1);
                        if (real) scatterK[(prefix + token) * keyHeads + head] = k;
                        gatherK[k++] = (prefix + token) * keyHeads + head;
                        for (int g = 0; g < perKey; g++)
                        {
                            int line = token * heads + head * perKey + g;
                            if (real) scatterQ[line] = q;
                            else padding.Add(q);
                            gatherQ[q++] = line;
                        }
                    }
                }
            }
        }
        (GatherQueries, GatherKeys, ScatterQueries, ScatterKeys) = (Index(gatherQ), Index(gatherK), Index(scatterQ), Index(scatterK));
        if (padding.Count > 0) Padding = Index([.. padding]);
        if (prefix > 0) PrefixLines = Index([.. prefixLines]);
    }

    /// <summary>n: keys before every row's own.</summary>
    public int Prefix { get; }

    /// <summary>Lines of the key layout that hold the prefix, row after row as (key head, position); null if there is none.</summary>
    public Tensor? PrefixLines { get; }

    public List<RowGroup> Groups { get; } = [];

    public int NumQueryLines { get; }

    public int NumKeyLines { get; }

    /// <summary>For each line of the layout its line in token order, and the reverse.</summary>
    public Tensor GatherQueries { get; }

    public Tensor GatherKeys { get; }

    public Tensor ScatterQueries { get; }

    public Tensor ScatterKeys { get; }

    /// <summary>Lines of the query layout that are padding; null if there are none.</summary>
    public Tensor? Padding { get; }

    /// <summary>The mask that fits every block of every group; made once.</summary>
    public CausalMask Mask(ScalarType type) => _mask ??= new CausalMask(_shape, Groups.Max(group => AttentionFunction.BlockSize(group.Length)), Groups.Max(group => group.KeyLength), type);

    public void Dispose()
    {
        _mask?.Dispose();
        foreach (Tensor index in (Tensor[])[GatherQueries, GatherKeys, ScatterQueries, ScatterKeys]) index.Dispose();
        Padding?.Dispose();
        PrefixLines?.Dispose();
    }

    private static List<List<TokenRow>> Sort(IReadOnlyList<TokenRow> rows, double shortestShare)
    {
        List<List<TokenRow>> groups = [];
        foreach (TokenRow row in rows.Where(row => row.Length > 0).OrderByDescending(row => row.Length).ThenBy(row => row.Start))
        {
            if (groups.Count > 0 && row.Length >= shortestShare * groups[^1][0].Length) groups[^1].Add(row);
            else groups.Add([row]);
        }
        return groups;
    }

    private static Tensor Index(long[] lines) => torch.tensor(lines).DetachFromDisposeScope();
}
