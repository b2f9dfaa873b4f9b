using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <content>Blocks of query positions, and the keys that each can see.</content>
public static partial class AttentionFunction
{
    /// <summary>Query positions [Start, End) against places [FirstKey, EndKey) of the row's keys; the block's own begin at OwnKey.</summary>
    private readonly record struct Block(int Start, int End, int FirstKey, int OwnKey, int EndKey, AttentionHeads Shape)
    {
        /// <summary>The block's query lines of [N, R, d].</summary>
        public Tensor Lines(Tensor x_NRd) => x_NRd.narrow(1, Start * Shape.GroupSize, (End - Start) * Shape.GroupSize);

        /// <summary>The block's keys of [N, S, d].</summary>
        public Tensor Keys(Tensor x_NSd) => x_NSd.narrow(1, FirstKey, EndKey - FirstKey);

        /// <summary>Adds the mask to scores [N, R, S]. Without a window only the block's own positions can be hidden.</summary>
        public void AddMask(Tensor s_NRS, CausalMask mask)
        {
            if (!Shape.Causal) return;
            int positions = End - Start, before = Shape.Window is null ? 0 : OwnKey - FirstKey;
            if (positions == 1 && before == 0) return;
            s_NRS.narrow(2, s_NRS.shape[2] - before - positions, before + positions).add_(
                mask.Tensor.narrow(0, 0, positions * Shape.GroupSize).narrow(1, mask.Reach - before, before + positions), Number.One);
        }
    }

    private static IEnumerable<Block> Blocks(RowGroup group, AttentionHeads shape)
    {
        int length = group.Length, prefix = group.KeyLength - length, size = BlockSize(length);
        for (int start = 0; start < length; start += size)
        {
            int end = Math.Min(start + size, length), own = prefix + start;
            yield return new Block(start, end, shape.Window is { } window ? Math.Max(0, own - window + 1) : 0, own, shape.Causal ? prefix + end : group.KeyLength, shape);
        }
    }

    /// <summary>Equal blocks of about <see cref="BlockTokens"/> positions.</summary>
    internal static int BlockSize(int length)
    {
        int blocks = Math.Max(1, (length + BlockTokens / 2) / BlockTokens);
        return (length + blocks - 1) / blocks;
    }

    /// <summary>A group's part of the query layout, [N, R, d].</summary>
    private static Tensor Queries(Buffer layout, RowGroup group, AttentionHeads shape)
    {
        int n = group.NumRows * shape.NumKeyValueHeads, lines = group.Length * shape.GroupSize;
        return layout.Tensor.narrow(0, group.QueryOffset, n * lines).view(n, lines, shape.HeadDim);
    }

    /// <summary>A group's part of the key layout, [N, S, d].</summary>
    private static Tensor Keys(Buffer layout, RowGroup group, AttentionHeads shape)
    {
        int n = group.NumRows * shape.NumKeyValueHeads;
        return layout.Tensor.narrow(0, group.KeyOffset, n * group.KeyLength).view(n, group.KeyLength, shape.HeadDim);
    }

    private static void Check(Var q, Var k, Var v, TokenBatch batch, AttentionHeads shape, (Var Key, Var Value)? prefix)
    {
        if (shape is { Causal: false, Window: not null }) throw new ArgumentException("A window is defined for causal attention only.");
        if (prefix is { } p && (p.Key.Width != k.Width || p.Value.Width != v.Width || p.Key.NumTokens != p.Value.NumTokens))
            throw new ArgumentException($"Attention: a prefix [{p.Key.NumTokens}, {p.Key.Width}], [{p.Value.NumTokens}, {p.Value.Width}] does not fit keys of {k.Width}.");
        long tokens = batch.NumTokens, queries = shape.NumHeads * shape.HeadDim, keys = shape.NumKeyValueHeads * shape.HeadDim;
        if (shape.NumHeads % shape.NumKeyValueHeads != 0) throw new ArgumentException($"{shape.NumHeads} query heads cannot share {shape.NumKeyValueHeads} key heads evenly.");
        foreach ((Var x, long width, string name) in (ReadOnlySpan<(Var, long, string)>)[(q, queries, "queries"), (k, keys, "keys"), (v, keys, "values")])
            if (x.NumTokens != tokens || x.Width != width) throw new ArgumentException($"Attention: expected {name} [{tokens}, {width}], found [{x.NumTokens}, {x.Width}].");
    }

    /// <summary>The same in plain torch operations for one row, differentiated by autograd. Keys and values may begin with a prefix.</summary>
    internal static Tensor Reference(Tensor q, Tensor k, Tensor v, AttentionHeads shape)
    {
        long tokens = q.shape[0], keys = k.shape[0];
        Tensor q_HTd = q.view(tokens, shape.NumHeads, shape.HeadDim).transpose(0, 1);
        Tensor k_HTd = k.view(keys, shape.NumKeyValueHeads, shape.HeadDim).transpose(0, 1).repeat_interleave(shape.GroupSize, 0);
        Tensor v_HTd = v.view(keys, shape.NumKeyValueHeads, shape.HeadDim).transpose(0, 1).repeat_interleave(shape.GroupSize, 0);
        Tensor scores_HTT = q_HTd.bmm(k_HTd.transpose(1, 2)) * shape.Scale;
        Tensor ahead = torch.arange(keys).unsqueeze(0) - torch.arange(keys - tokens, keys).unsqueeze(1);
        Tensor hidden = !shape.Causal ? ahead.ne(ahead) : shape.Window is { } w ? ahead.gt(0).logical_or(ahead.le(-w)) : ahead.gt(0);
        Tensor p_HTT = scores_HTT.masked_fill(hidden, double.NegativeInfinity).softmax(-1);
        return p_HTT.bmm(v_HTd).transpose(0, 1).reshape(tokens, -1);
    }
}
