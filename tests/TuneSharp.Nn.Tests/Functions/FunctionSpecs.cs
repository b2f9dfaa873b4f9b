using TorchSharp;
using TuneSharp.Nn.Tests.Support;
using static TorchSharp.torch;

namespace TuneSharp.Nn.Tests.Functions;

/// <summary>Every fused function, in odd sizes.</summary>
internal static class FunctionSpecs
{
    private const double Eps = 1e-3;

    public static IEnumerable<FunctionSpec> All() =>
    [
        .. Norms(), .. Elementwise(), .. Ropes(), .. Attentions(), .. Prefixes(),
        .. Products(), .. Lookups(), .. RowLosses(), AnyGraph(),
    ];

    private static IEnumerable<FunctionSpec> Norms()
    {
        foreach ((long tokens, long width) in (List<(long, long)>)[(1, 1), (2, 3), (5, 123), (33, 64), (257, 17)])
        {
            yield return new FunctionSpec($"RmsNorm {tokens} x {width}", [[tokens, width]], [[width]],
                (t, x, p) => t.RmsNorm(x[0], p[0], Eps), (x, p) => RmsNormFunction.Reference(x[0], p[0], Eps))
            {
                // Width 1: dX = dY w rstd (1 - x² rstd²) is the difference of two numbers that agree in three digits.
                SingleTolerance = width == 1 ? 1e-4 : 2e-6,
            };
            if (width == 1) continue; // the variance of one value is nothing
            yield return new FunctionSpec($"LayerNorm {tokens} x {width}", [[tokens, width]], [[width], [width]],
                (t, x, p) => t.LayerNorm(x[0], p[0], p[1], Eps), (x, p) => LayerNormFunction.Reference(x[0], p[0], p[1], Eps))
            { SingleTolerance = 5e-6 };
            yield return new FunctionSpec($"LayerNorm without bias {tokens} x {width}", [[tokens, width]], [[width]],
                (t, x, p) => t.LayerNorm(x[0], p[0], null, Eps), (x, p) => LayerNormFunction.Reference(x[0], p[0], null, Eps))
            { SingleTolerance = 5e-6 };
        }
    }

    private static IEnumerable<FunctionSpec> Elementwise()
    {
        foreach (Activation activation in Enum.GetValues<Activation>())
        {
            foreach ((long tokens, long width) in (List<(long, long)>)[(1, 1), (7, 33), (64, 31)])
            {
                yield return new FunctionSpec($"Activation {activation} {tokens} x {width}", [[tokens, width]], [],
                    (t, x, _) => t.Activate(x[0], activation), (x, _) => ActivationFunction.Reference(x[0], activation));
                yield return new FunctionSpec($"GatedActivation {activation} {tokens} x {width}", [[tokens, width], [tokens, width]], [],
                    (t, x, _) => t.GatedActivation(x[0], x[1], activation), (x, _) => GatedActivationFunction.Reference(x[0], x[1], activation));
            }
        }
        foreach ((long tokens, long width) in (List<(long, long)>)[(1, 1), (7, 33), (64, 31)])
        {
            yield return new FunctionSpec($"ScaleColumns {tokens} x {width}", [[tokens, width]], [[width, 1]],
                (t, x, p) => t.ScaleColumns(x[0], p[0]), (x, p) => ScaleColumnsFunction.Reference(x[0], p[0]));
        }
        yield return new FunctionSpec("Scale", [[9, 5]], [], (t, x, _) => t.Scale(x[0], 0.7), (x, _) => ScaleFunction.Reference(x[0], 0.7));
        yield return new FunctionSpec("Add", [[9, 5], [9, 5]], [], (t, x, _) => t.Add(x[0], x[1]), (x, _) => AddFunction.Reference(x[0], x[1]));
    }

    private static IEnumerable<FunctionSpec> Ropes()
    {
        foreach ((int heads, int headDim) in (List<(int, int)>)[(1, 2), (3, 8), (2, 22)])
        {
            TokenBatch batch = Rows(5, 1, 12);
            var rotary = new RotaryEmbedding(headDim, 100, new RotaryScaling.None(), 64);
            yield return new FunctionSpec($"Rope {heads} x {headDim}", [[batch.NumTokens, heads * headDim]], [],
                (t, x, _) => t.Rope(x[0], rotary.Angles(batch, null, t.Workspace.ComputeType), headDim),
                (x, _) => RopeFunction.Reference(x[0], rotary.Angles(batch, null, x[0].dtype), headDim));
        }
        foreach ((int heads, int headDim, int rotated, RotaryLayout layout) in (List<(int, int, int, RotaryLayout)>)[(1, 2, 2, RotaryLayout.Pairs), (3, 8, 4, RotaryLayout.Pairs), (2, 11, 6, RotaryLayout.Pairs), (3, 7, 4, RotaryLayout.Halves)])
        {
            TokenBatch batch = Rows(5, 1, 12);
            var rotary = new RotaryEmbedding(rotated, 100, new RotaryScaling.None(), 64, layout);
            yield return new FunctionSpec($"Rope of {layout}, {rotated} of {heads} x {headDim}", [[batch.NumTokens, heads * headDim]], [],
                (t, x, _) => t.Rope(x[0], rotary.Angles(batch, null, t.Workspace.ComputeType), headDim),
                (x, _) => RopeFunction.Reference(x[0], rotary.Angles(batch, null, x[0].dtype), headDim));
        }
    }

    private static IEnumerable<FunctionSpec> Attentions()
    {
        List<(int[] Rows, AttentionHeads Heads)> cases =
        [
            ([1], new(1, 1, 1)), ([7], new(2, 2, 4)), ([3, 1, 5], new(4, 2, 3)), ([17, 17, 17], new(6, 2, 5)), ([64], new(3, 1, 4)), ([65], new(2, 1, 4)),
            ([130, 20, 19, 18, 129], new(4, 2, 8)), ([9, 30], new(2, 2, 4) { Window = 1 }), ([70, 150, 149], new(4, 2, 4) { Window = 67 }), ([12, 5], new(2, 1, 4) { Window = 100, Scale = 0.7 }),
            ([5, 5, 3], new(4, 2, 3) { Causal = false }), ([140, 139], new(2, 2, 4) { Causal = false }),
        ];
        foreach ((int[] lengths, AttentionHeads heads) in cases)
        {
            TokenBatch batch = Rows(lengths);
            long queries = heads.NumHeads * heads.HeadDim, keys = heads.NumKeyValueHeads * heads.HeadDim;
            yield return new FunctionSpec($"Attention [{string.Join(", ", lengths)}] {heads.NumHeads}/{heads.NumKeyValueHeads} x {heads.HeadDim}, window {heads.Window}",
                [[batch.NumTokens, queries], [batch.NumTokens, keys], [batch.NumTokens, keys]], [],
                (t, x, _) => t.Attention(x[0], x[1], x[2], batch, heads),
                (x, _) => torch.cat([.. batch.Rows.Select(row => AttentionFunction.Reference(Of(x[0], row), Of(x[1], row), Of(x[2], row), heads))], 0))
            {
                // Scores of size 5 lose 1e-6 in the exponent; 150 of them are summed.
                SingleTolerance = 2e-5,
            };
        }
    }

    private static IEnumerable<FunctionSpec> Prefixes()
    {
        List<(int[] Rows, int Prefix, AttentionHeads Heads)> cases =
        [
            ([1], 1, new(1, 1, 1)), ([3, 1, 5], 4, new(4, 2, 3)), ([65, 66], 3, new(2, 1, 4)), ([70, 3], 5, new(2, 2, 4) { Window = 4 }),
            ([9, 4, 4], 2, new(4, 2, 3) { Causal = false }), ([130], 7, new(2, 2, 5) { Causal = false }),
        ];
        foreach ((int[] lengths, int n, AttentionHeads heads) in cases)
        {
            TokenBatch batch = Rows(lengths);
            long queries = heads.NumHeads * heads.HeadDim, keys = heads.NumKeyValueHeads * heads.HeadDim;
            yield return new FunctionSpec($"Attention [{string.Join(", ", lengths)}] behind {n}, {heads.NumHeads}/{heads.NumKeyValueHeads} x {heads.HeadDim}, window {heads.Window}, causal {heads.Causal}",
                [[batch.NumTokens, queries], [batch.NumTokens, keys], [batch.NumTokens, keys], [n, keys], [n, keys]], [],
                (t, x, _) => t.Attention(x[0], x[1], x[2], batch, heads, null, (x[3], x[4])),
                (x, _) => torch.cat([.. batch.Rows.Select(row => AttentionFunction.Reference(Of(x[0], row), torch.cat([x[3], Of(x[1], row)]), torch.cat([x[4], Of(x[2], row)]), heads))], 0))
            {
                SingleTolerance = 2e-5,
            };
        }
    }

    private static IEnumerable<FunctionSpec> Products()
    {
        foreach ((long tokens, long input, long output) in (List<(long, long, long)>)[(1, 1, 1), (5, 7, 3), (33, 64, 17)])
        {
            yield return new FunctionSpec($"Linear {tokens} x {input} -> {output}", [[tokens, input]], [[output, input], [output]],
                (t, x, p) => new Linear("linear", p[0], p[1]).Forward(t, x[0]), (x, p) => x[0].mm(p[0].t()) + p[1]);
            yield return new FunctionSpec($"Linear with adapter {tokens} x {input} -> {output}", [[tokens, input]], [[output, input], [2, input], [output, 2]],
                (t, x, p) => new Linear("linear", p[0]) { Adapters = { new TestLora(p[1], p[2], 0.7) } }.Forward(t, x[0]),
                (x, p) => x[0].mm(p[0].t()) + TestLora.Reference(x[0], p[1], p[2], 0.7));
        }
        yield return new FunctionSpec("Linear, rebuilt within an MLP", [[6, 5]], [[4, 5], [5, 4], [5]],
            (t, x, p) => t.LayerNorm(new Mlp(new Linear("up", p[0]) { Rebuildable = true }, new Linear("down", p[1]), Activation.GeluTanh).Forward(t, x[0]), p[2], null, Eps),
            (x, p) => LayerNormFunction.Reference(Activation.GeluTanh.Reference(x[0].mm(p[0].t())).mm(p[1].t()), p[2], null, Eps));
        yield return new FunctionSpec("Linear, stored transposed", [[6, 5]], [[5, 4], [4]],
            (t, x, p) => new Linear("linear", p[0], p[1], transposed: true).Forward(t, x[0]), (x, p) => x[0].mm(p[0]) + p[1]);
        yield return new FunctionSpec("Linear, rebuilt for a gate", [[6, 5]], [[4, 5], [4, 5]],
            (t, x, p) => t.SwiGlu(new Linear("gate", p[0]) { Rebuildable = true }.Forward(t, x[0]), new Linear("up", p[1]) { Rebuildable = true }.Forward(t, x[0])),
            (x, p) => GatedActivationFunction.Reference(x[0].mm(p[0].t()), x[0].mm(p[1].t()), Activation.Silu));
    }

    private static IEnumerable<FunctionSpec> Lookups()
    {
        TokenBatch batch = Rows(9, 4);
        yield return new FunctionSpec("Embedding", [], [[11, 6]], (t, _, p) => t.Embedding(p[0], batch), (_, p) => EmbeddingFunction.Reference(p[0], batch.IdTensor));
        yield return new FunctionSpec("Lookup", [], [[5, 6]], (t, _, p) => t.Lookup(p[0], [4, 0, 0, 3, 4]), (_, p) => LookupFunction.Reference(p[0], torch.tensor((long[])[4, 0, 0, 3, 4])));
        TokenBatch prompted = TokenBatch.FromRows([[1, 2, 3], [4], [5, 6]], numVirtualTokens: 2);
        yield return new FunctionSpec("PlacePrompt", [[2, 5], [prompted.NumTokens, 5]], [], (t, x, _) => t.PlacePrompt(x[0], x[1], prompted),
            (x, _) => PlacePromptFunction.Reference(x[0], x[1], prompted.VirtualPlaces, 3));
        yield return new FunctionSpec("Concat", [[3, 4], [5, 4]], [], (t, x, _) => t.Concat(x[0], x[1]), (x, _) => ConcatFunction.Reference(x[0], x[1]));
        yield return new FunctionSpec("Columns", [[7, 9]], [], (t, x, _) => t.Columns(x[0], 3, 5), (x, _) => ColumnsFunction.Reference(x[0], 3, 5));
        yield return new FunctionSpec("Columns, all parts of one value", [[7, 9]], [], (t, x, _) => t.GatedActivation(t.Columns(x[0], 5, 4), t.Columns(x[0], 0, 4), Activation.Silu),
            (x, _) => GatedActivationFunction.Reference(ColumnsFunction.Reference(x[0], 5, 4), ColumnsFunction.Reference(x[0], 0, 4), Activation.Silu));
        yield return new FunctionSpec("Rows", [[8, 3]], [], (t, x, _) => t.Rows(x[0], [7, 0, 3, 3]), (x, _) => RowsFunction.Reference(x[0], torch.tensor((long[])[7, 0, 3, 3])));
    }

    private static IEnumerable<FunctionSpec> RowLosses()
    {
        foreach ((int rows, int width) in (List<(int, int)>)[(1, 1), (3, 2), (33, 7)])
        {
            int[] classes = [.. Enumerable.Range(0, rows).Select(r => r * 5 % width)];
            float[][] targets = [.. Enumerable.Range(0, rows).Select(r => Enumerable.Range(0, width).Select(n => (r * 3 + n) % 4 / 3f).ToArray())];
            Tensor Targets(ScalarType type) => torch.tensor(targets.SelectMany(row => row).ToArray()).view(rows, width).to(type);
            foreach (double smoothing in (double[])[0, 0.2])
            {
                yield return new FunctionSpec($"ClassLoss {rows} x {width}, smoothing {smoothing}", [[rows, width]], [],
                    (t, x, _) => t.ClassLoss(x[0], classes, 3, smoothing), (x, _) => ClassLossFunction.Reference(x[0], torch.tensor(classes.Select(c => (long)c).ToArray()), smoothing) / 3);
            }
            yield return new FunctionSpec($"BinaryLoss {rows} x {width}", [[rows, width]], [],
                (t, x, _) => t.BinaryLoss(x[0], targets, 3), (x, _) => BinaryLossFunction.Reference(x[0], Targets(x[0].dtype)) / 3);
            yield return new FunctionSpec($"SquaredLoss {rows} x {width}", [[rows, width]], [],
                (t, x, _) => t.SquaredLoss(x[0], targets, 3), (x, _) => SquaredLossFunction.Reference(x[0], Targets(x[0].dtype)) / 3);
        }
    }

    private static FunctionSpec AnyGraph() => new("Torch", [[4, 3], [4, 5]], [[3, 5]],
        (t, x, p) => t.Torch(x, p, Graph), Graph);

    private static Tensor Graph(Tensor[] x, Tensor[] p) => (x[0].mm(p[0]) * x[1]).tanh() + x[1];

    private static Tensor Of(Tensor x, TokenRow row) => x.narrow(0, row.Start, row.Length);

    // A batch belongs to a spec for the whole run of the tests.
    private static TokenBatch Rows(params int[] lengths) =>
        TokenBatch.FromRows([.. lengths.Select((n, r) => Enumerable.Range(0, n).Select(i => (i * 7 + r * 3) % 11).ToArray())]);
}
