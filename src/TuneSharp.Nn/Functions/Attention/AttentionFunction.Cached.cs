using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <content>Queries of a batch against cached keys and values.</content>
public static partial class AttentionFunction
{
    private static void AttendCached(Workspace ws, Tensor q, LayerCache cache, CachePlan plan, AttentionHeads shape, Tensor y)
    {
        long rows = cache.Keys.shape[0], keyHeads = shape.NumKeyValueHeads, perKey = shape.GroupSize, d = shape.HeadDim, n = rows * keyHeads;
        using Buffer q_Ld = Gather(ws, q, plan.Gather, shape.HeadDim);
        using Buffer y_Ld = ws.Rent(q_Ld.Tensor.shape);
        q_Ld.Tensor.mul_(Number.Of(shape.Scale));
        Tensor q_NRd = q_Ld.Tensor.view(n, plan.NumQueries * perKey, d), y_NRd = y_Ld.Tensor.view(n, plan.NumQueries * perKey, d);
        Tensor k_NSd = cache.Keys.view(n, -1, d).narrow(1, 0, plan.NumKeys), v_NSd = cache.Values.view(n, -1, d).narrow(1, 0, plan.NumKeys);
        for (int start = 0; start < plan.NumQueries; start += BlockTokens)
        {
            using DisposeScope scope = NewDisposeScope();
            int positions = Math.Min(BlockTokens, plan.NumQueries - start);
            using Buffer s_NRS = ws.Rent(n, positions * perKey, plan.NumKeys);
            Aten.Bmm(q_NRd.narrow(1, start * perKey, positions * perKey), k_NSd.transpose(1, 2), s_NRS.Tensor);
            if (plan.Mask is not null)
                s_NRS.Tensor.view(rows, keyHeads, positions, perKey, plan.NumKeys).add_(plan.Mask.narrow(2, start, positions), Number.One);
            Softmax(ws, s_NRS.Tensor);
            Product(ws, s_NRS.Tensor, v_NSd, y_NRd.narrow(1, start * perKey, positions * perKey));
        }
        Aten.Rows(y_Ld.Tensor, plan.Scatter, y.view(-1, d));
    }
}
