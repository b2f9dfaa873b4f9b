using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// Attention with grouped queries, causal or not, every row of a batch for itself.  (arXiv:1706.03762, eq. 1; arXiv:2305.13245)
/// <code>
/// P = softmax(scale · q k^T + mask)      y = P v
/// dV = P^T dY      dS = P · (dY v^T - sum_S(P · dY v^T))      dQ = scale · dS k      dK = scale · dS^T q
/// </code>
/// Shapes: q_T(Hd), k_T(Kd), v_T(Kd), y_T(Hd). In the layout (<see cref="RowLayout"/>): N = rows · key heads, R = folded
/// query lines (position, query head of the group), S = key positions.
/// Kept: q, k, v; the probabilities are computed again in backward, block by block of query positions, so that no [T, T]
/// matrix ever exists.
/// </summary>
public static partial class AttentionFunction
{
    /// <summary>Query positions computed at once, about.</summary>
    private const int BlockTokens = 64;

    /// <param name="t">Where it is recorded.</param>
    /// <param name="q">[T, NumHeads · HeadDim], rotated if the model rotates.</param>
    /// <param name="k">[T, NumKeyValueHeads · HeadDim].</param>
    /// <param name="v">[T, NumKeyValueHeads · HeadDim].</param>
    /// <param name="batch">The rows.</param>
    /// <param name="shape">Heads, scale, window.</param>
    /// <param name="cache">Where this layer's keys and values go to and earlier ones come from; inference only.</param>
    /// <param name="prefix">Keys and values, [n, NumKeyValueHeads · HeadDim], that stand before those of every row; not with a cache, which holds its own.</param>
    /// <returns>[T, NumHeads · HeadDim].</returns>
    public static Var Attention(this Tape t, Var q, Var k, Var v, TokenBatch batch, AttentionHeads shape, LayerCache? cache = null, (Var Key, Var Value)? prefix = null)
    {
        Check(q, k, v, batch, shape, prefix);
        if (prefix is { } before)
        {
            if (cache is not null) throw new ArgumentException("A cache holds the prefix itself.", nameof(prefix));
            (k, v) = (t.Concat(before.Key, k), t.Concat(before.Value, v));
        }
        bool needsGrad = q.NeedsGrad || k.NeedsGrad || v.NeedsGrad;
        using DisposeScope scope = NewDisposeScope();
        Buffer y = t.Rent(q.Data.shape);
        if (cache is not null)
        {
            if (!shape.Causal) throw new ArgumentException("Only causal attention can go on from a cache.", nameof(cache));
            if (needsGrad && t.Recording) throw new InvalidOperationException("Nothing runs backward through a key and value cache: use a tape that does not record.");
            CachePlan plan = batch.Derived((cache.Cache, shape), () => new CachePlan(batch, cache.Cache, shape));
            plan.Store(cache, k.Data, v.Data);
            if (!plan.Fresh)
            {
                AttendCached(t.Workspace, q.Data, cache, plan, shape, y.Tensor);
                return t.Record(y, needsGrad, _ => { });
            }
        }

        int n = (int)k.NumTokens - batch.NumTokens;
        RowLayout layout = batch.Derived((shape, n), () => new RowLayout(batch, shape, n));
        Kept keptQ = needsGrad ? t.Keep(q) : default, keptK = needsGrad ? t.Keep(k) : default, keptV = needsGrad ? t.Keep(v) : default;
        Forward(t.Workspace, q.Data, k.Data, v.Data, layout, shape, y.Tensor);
        return t.Record(y, needsGrad, dY => Backward(t.Workspace, (q, keptQ.Data), (k, keptK.Data), (v, keptV.Data), layout, shape, dY.Tensor));
    }

    private static void Forward(Workspace ws, Tensor q, Tensor k, Tensor v, RowLayout layout, AttentionHeads shape, Tensor y)
    {
        int d = shape.HeadDim;
        using Buffer q_Ld = Gather(ws, q, layout.GatherQueries, d), k_Ld = Gather(ws, k, layout.GatherKeys, d), v_Ld = Gather(ws, v, layout.GatherKeys, d);
        using Buffer y_Ld = ws.Rent(layout.NumQueryLines, d);
        q_Ld.Tensor.mul_(Number.Of(shape.Scale));
        CausalMask mask = layout.Mask(ws.ComputeType);
        foreach (RowGroup group in layout.Groups)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor q_NRd = Queries(q_Ld, group, shape), k_NSd = Keys(k_Ld, group, shape), v_NSd = Keys(v_Ld, group, shape), y_NRd = Queries(y_Ld, group, shape);
            foreach (Block block in Blocks(group, shape))
            {
                using Buffer p_NRS = Probabilities(ws, block.Lines(q_NRd), block.Keys(k_NSd), block, mask);
                Product(ws, p_NRS.Tensor, block.Keys(v_NSd), block.Lines(y_NRd));
            }
        }
        Aten.Rows(y_Ld.Tensor, layout.ScatterQueries, y.view(-1, d));
    }

    private static void Backward(Workspace ws, (Var Var, Tensor Data) q, (Var Var, Tensor Data) k, (Var Var, Tensor Data) v, RowLayout layout, AttentionHeads shape, Tensor dY)
    {
        int d = shape.HeadDim;
        using Buffer q_Ld = Gather(ws, q.Data, layout.GatherQueries, d), k_Ld = Gather(ws, k.Data, layout.GatherKeys, d), v_Ld = Gather(ws, v.Data, layout.GatherKeys, d);
        using Buffer dY_Ld = Gather(ws, dY, layout.GatherQueries, d);
        using Buffer dQ_Ld = ws.Rent(layout.NumQueryLines, d), dK_Ld = ws.Rent(layout.NumKeyLines, d), dV_Ld = ws.Rent(layout.NumKeyLines, d);
        q_Ld.Tensor.mul_(Number.Of(shape.Scale));
        if (layout.Padding is not null) dY_Ld.Tensor.index_fill_(0, layout.Padding, Number.Zero);
        dK_Ld.Tensor.zero_();
        dV_Ld.Tensor.zero_();
        CausalMask mask = layout.Mask(ws.ComputeType);
        foreach (RowGroup group in layout.Groups)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor q_NRd = Queries(q_Ld, group, shape), dQ_NRd = Queries(dQ_Ld, group, shape), dY_NRd = Queries(dY_Ld, group, shape);
            Tensor k_NSd = Keys(k_Ld, group, shape), v_NSd = Keys(v_Ld, group, shape), dK_NSd = Keys(dK_Ld, group, shape), dV_NSd = Keys(dV_Ld, group, shape);
            foreach (Block block in Blocks(group, shape))
            {
                Tensor qBlock = block.Lines(q_NRd), dYBlock = block.Lines(dY_NRd), kBlock = block.Keys(k_NSd);
                using Buffer p = Probabilities(ws, qBlock, kBlock, block, mask);
                Tensor p_NRS = p.Tensor;
                if (v.Var.NeedsGrad) Aten.AddBmm(block.Keys(dV_NSd), p_NRS.transpose(1, 2), dYBlock);
                if (!q.Var.NeedsGrad && !k.Var.NeedsGrad) continue;
                using Buffer dS = ws.Rent(p_NRS.shape);
                Aten.Bmm(dYBlock, block.Keys(v_NSd).transpose(1, 2), dS.Tensor);
                Aten.SoftmaxBackward(dS.Tensor, p_NRS);
                if (q.Var.NeedsGrad) Product(ws, dS.Tensor, kBlock, block.Lines(dQ_NRd));
                if (k.Var.NeedsGrad) Aten.AddBmm(block.Keys(dK_NSd), dS.Tensor.transpose(1, 2), qBlock);
            }
        }
        dQ_Ld.Tensor.mul_(Number.Of(shape.Scale));
        Scatter(ws, q, dQ_Ld, layout.ScatterQueries, d);
        ScatterKeys(ws, k, dK_Ld, layout, d);
        ScatterKeys(ws, v, dV_Ld, layout, d);
    }

    /// <summary>softmax(q k^T + mask) of a block, [N, R, S].</summary>
    private static Buffer Probabilities(Workspace ws, Tensor q_NRd, Tensor k_NSd, Block block, CausalMask mask)
    {
        Buffer p = ws.Rent(q_NRd.shape[0], q_NRd.shape[1], k_NSd.shape[1]);
        Aten.Bmm(q_NRd, k_NSd.transpose(1, 2), p.Tensor);
        block.AddMask(p.Tensor, mask);
        Softmax(ws, p.Tensor);
        return p;
    }

    private static void Softmax(Workspace ws, Tensor s)
    {
        if (ws.WideType == ws.ComputeType)
        {
            Aten.Softmax(s);
            return;
        }
        using Buffer wide = ws.Rent(ws.WideType, s.shape);
        Aten.Softmax(wide.Tensor.copy_(s));
        s.copy_(wide.Tensor);
    }

    /// <summary>o = a b. A slice of a batch would be multiplied one by one, so it gets a whole buffer first.</summary>
    private static void Product(Workspace ws, Tensor a, Tensor b, Tensor o)
    {
        if (o.is_contiguous())
        {
            Aten.Bmm(a, b, o);
            return;
        }
        using Buffer whole = ws.Rent(o.shape);
        Aten.Bmm(a, b, whole.Tensor);
        o.copy_(whole.Tensor);
    }

    private static Buffer Gather(Workspace ws, Tensor x, Tensor lines, int headDim)
    {
        Buffer layout = ws.Rent(lines.shape[0], headDim);
        Aten.Rows(x.view(-1, headDim), lines, layout.Tensor);
        return layout;
    }

    private static void Scatter(Workspace ws, (Var Var, Tensor Data) x, Buffer dLayout, Tensor lines, int headDim)
    {
        if (!x.Var.NeedsGrad) return;
        Buffer dX = ws.Rent(x.Data.shape);
        Aten.Rows(dLayout.Tensor, lines, dX.Tensor.view(-1, headDim));
        x.Var.Give(dX);
    }

    /// <summary>As <see cref="Scatter"/>; a prefix gets the sum over the rows that saw it.</summary>
    private static void ScatterKeys(Workspace ws, (Var Var, Tensor Data) x, Buffer dLayout, RowLayout layout, int headDim)
    {
        if (layout.PrefixLines is null)
        {
            Scatter(ws, x, dLayout, layout.ScatterKeys, headDim);
            return;
        }
        if (!x.Var.NeedsGrad) return;
        Buffer dX = ws.Rent(x.Data.shape);
        Aten.Rows(dLayout.Tensor, layout.ScatterKeys, dX.Tensor.view(-1, headDim));
        long heads = x.Data.shape[1] / headDim, n = layout.Prefix;
        Tensor sum_Hnd = dLayout.Tensor.index_select(0, layout.PrefixLines).view(-1, heads, n, headDim).sum([0]);
        dX.Tensor.narrow(0, 0, n).view(n, heads, headDim).copy_(sum_Hnd.transpose(0, 1));
        x.Var.Give(dX);
    }
}
