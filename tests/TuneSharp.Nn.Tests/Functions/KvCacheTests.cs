using TorchSharp;
using TuneSharp.Nn.Tests.Support;
using static TorchSharp.torch;

namespace TuneSharp.Nn.Tests.Functions;

/// <summary>Attention through a cache equals attention over the whole row, however the row is cut and whoever is beside it.</summary>
public sealed class KvCacheTests
{
    private const int MaxTokens = 160;

    [Theory]
    [InlineData(4, 2, null)]
    [InlineData(2, 2, null)]
    [InlineData(4, 1, 5)]
    public void Steps_of_rows_of_different_lengths_equal_whole_rows(int numHeads, int numKeyValueHeads, int? window)
    {
        using DisposeScope scope = NewDisposeScope();
        var heads = new AttentionHeads(numHeads, numKeyValueHeads, 4) { Window = window };
        int[] lengths = [150, 9, 33];
        // What each row gets in each step: a prompt, chunks longer than a block, single tokens, nothing.
        int[][] steps = [[5, 0, 20], [100, 3, 1], [1, 1, 0], [43, 4, 11], [1, 1, 1]];
        Tensor[][] rows = [.. lengths.Select((n, r) => (Tensor[])[Normal(r, n, numHeads * 4), Normal(10 + r, n, numKeyValueHeads * 4), Normal(20 + r, n, numKeyValueHeads * 4)])];
        using var workspace = new Workspace(ScalarType.Float64);
        using var cache = new KvCache(1, 3, numKeyValueHeads, 4, MaxTokens, ScalarType.Float64);
        int[] seen = new int[3];
        foreach (int[] step in steps)
        {
            using TokenBatch batch = TokenBatch.FromRows([.. step.Select(n => new int[n])]);
            for (int r = 0; r < 3; r++) batch.Positions(cache).Skip(batch.Rows[r].Start).Take(step[r]).ShouldBe(Enumerable.Range(seen[r], step[r]));
            using var t = new Tape(workspace, recording: false);
            Var Part(int part) => t.Leaf(torch.cat([.. Enumerable.Range(0, 3).Where(r => step[r] > 0).Select(r => rows[r][part].narrow(0, seen[r], step[r]))], 0));
            cache.Check(batch);
            Tensor y = t.Attention(Part(0), Part(1), Part(2), batch, heads, cache.Layer(0)).Data;
            cache.Advance(batch);
            for (int r = 0; r < 3; r++)
            {
                if (step[r] == 0) continue;
                Tensor whole = AttentionFunction.Reference(rows[r][0], rows[r][1], rows[r][2], heads);
                Tensors.RelativeError(y.narrow(0, batch.Rows[r].Start, step[r]), whole.narrow(0, seen[r], step[r])).ShouldBeLessThan(1e-12, $"row {r} at {seen[r]}");
                seen[r] += step[r];
                cache.Length(r).ShouldBe(seen[r]);
            }
        }
        seen.ShouldBe(lengths);
    }

    [Fact]
    public void A_truncated_row_goes_on_from_there()
    {
        using DisposeScope scope = NewDisposeScope();
        var heads = new AttentionHeads(1, 1, 4);
        using var workspace = new Workspace(ScalarType.Float64);
        using var cache = new KvCache(1, 1, 1, 4, 8, ScalarType.Float64);
        Tensor x = Normal(1, 6, 4), other = Normal(2, 3, 4);
        Step(torch.cat([x.narrow(0, 0, 3), other], 0));
        cache.Truncate(0, 3);
        Tensor y = Step(x.narrow(0, 3, 3));
        Tensors.RelativeError(y, AttentionFunction.Reference(x, x, x, heads).narrow(0, 3, 3)).ShouldBeLessThan(1e-12);
        Should.Throw<ArgumentOutOfRangeException>(() => cache.Truncate(0, 7));
        using TokenBatch tooLong = TokenBatch.FromRows([[1, 2, 3]]);
        Should.Throw<InvalidOperationException>(() => cache.Check(tooLong)).Message.ShouldContain("8");
        using TokenBatch twoRows = TokenBatch.FromRows([[1], [2]]);
        Should.Throw<ArgumentException>(() => cache.Check(twoRows));

        Tensor Step(Tensor rows)
        {
            using TokenBatch batch = TokenBatch.FromRows([new int[rows.shape[0]]]);
            using var t = new Tape(workspace, recording: false);
            Tensor attended = t.Attention(t.Leaf(rows), t.Leaf(rows), t.Leaf(rows), batch, heads, cache.Layer(0)).Data.clone();
            cache.Advance(batch);
            return attended;
        }
    }

    [Fact]
    public void Nothing_runs_backward_through_a_cache()
    {
        using var workspace = new Workspace();
        using var cache = new KvCache(1, 1, 1, 4, 8);
        using TokenBatch batch = TokenBatch.FromRows([[1, 2]]);
        using Tensor x = Tensors.Normal(1, ScalarType.Float32, 2, 4);
        using var t = new Tape(workspace);
        Should.Throw<InvalidOperationException>(() => t.Attention(t.Leaf(x, true), t.Leaf(x), t.Leaf(x), batch, new AttentionHeads(1, 1, 4), cache.Layer(0)));
    }

    private static Tensor Normal(int seed, int tokens, int width) => Tensors.Normal(seed, ScalarType.Float64, tokens, width);
}
