using TorchSharp;
using TuneSharp.Models.Tests.Support;
using TuneSharp.Nn;

namespace TuneSharp.Models.Tests;

/// <summary>The same model without recording, alone or in a batch, at once or token by token.</summary>
public sealed class DecoderInferenceTests
{
    public static TheoryData<string, string> Models() => new()
    {
        { "gpt2", "" },
        { "chatglm", "" },
        { "llama", "" },
        { "qwen2", ", \"use_sliding_window\": true, \"sliding_window\": 6, \"max_window_layers\": 1" },
        { "llama", ", \"rope_scaling\": {\"type\": \"yarn\", \"factor\": 4.0, \"original_max_position_embeddings\": 16}" },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Inference_equals_training_forward_bit_for_bit(string type, string extra)
    {
        using ICausalLm model = TinyModels.Create(type, extra);
        foreach (Parameter parameter in model.Parameters) parameter.Trained = true;
        using Workspace workspace = model.CreateWorkspace();
        (int[][] ids, _) = TinyModels.Rows(3, 17, 1, 30);
        double[] recorded = TinyModels.Logits(model, workspace, ids, recording: true);
        TinyModels.Logits(model, workspace, ids).ShouldBe(recorded);
        model.RecomputeBlocks = true;
        TinyModels.Logits(model, workspace, ids, recording: true).ShouldBe(recorded);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Rows_of_a_batch_do_not_see_each_other(string type, string extra)
    {
        using ICausalLm model = TinyModels.Create(type, extra);
        using Workspace workspace = model.CreateWorkspace();
        (int[][] ids, _) = TinyModels.Rows(3, 17, 1, 30, 29);
        double[] together = TinyModels.Logits(model, workspace, ids), apart = [.. ids.SelectMany(row => TinyModels.Logits(model, workspace, [row]))];
        Near(together, apart);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Decoding_with_a_cache_equals_the_whole_rows(string type, string extra)
    {
        using ICausalLm model = TinyModels.Create(type, extra);
        using Workspace workspace = model.CreateWorkspace();
        (int[][] ids, _) = TinyModels.Rows(3, 21, 4, 30);
        using KvCache cache = model.CreateCache(30, 3);
        int[] prompt = [7, 4, 12];
        double[][] whole = Array.ConvertAll(ids, row => TinyModels.Logits(model, workspace, [row]));
        int[] seen = new int[3];
        for (int step = 0; seen.Zip(ids, (n, row) => n < row.Length).Any(left => left); step++)
        {
            // A row that has ended goes on empty.
            int[][] next = [.. ids.Select((row, r) => row[seen[r]..Math.Min(row.Length, step == 0 ? prompt[r] : seen[r] + 1)])];
            double[] logits = TinyModels.Logits(model, workspace, next, cache);
            Near(logits, [.. next.SelectMany((row, r) => whole[r][(seen[r] * TinyModels.Vocabulary)..((seen[r] + row.Length) * TinyModels.Vocabulary)])]);
            for (int r = 0; r < 3; r++) seen[r] += next[r].Length;
        }
        using KvCache small = model.CreateCache(5);
        Should.Throw<InvalidOperationException>(() => TinyModels.Logits(model, workspace, [[1, 2, 3, 4, 5, 6]], small));
    }

    [Fact]
    public void Sixty_generations_leave_nothing_behind()
    {
        using ICausalLm model = TinyModels.Create("llama", ", \"rope_scaling\": {\"type\": \"dynamic\", \"factor\": 2.0}");
        using Workspace workspace = model.CreateWorkspace();
        (int[][] prompts, _) = TinyModels.Rows(3, 5, 9);
        long bytes = 0;
        for (int i = 0; i < 60; i++)
        {
            if (i == 10)
            {
                bytes = workspace.TotalBytes;
                DisposeScopeManager.Statistics.Reset();
            }
            using KvCache cache = model.CreateCache(20, 2);
            double[] logits = TinyModels.Logits(model, workspace, prompts, cache);
            for (int step = 0; step < 4; step++) logits = TinyModels.Logits(model, workspace, [[step], [step + 1]], cache);
            logits.ShouldAllBe(x => double.IsFinite(x));
        }
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(0, "live tensors");
        workspace.TotalBytes.ShouldBeLessThanOrEqualTo(bytes);
        workspace.NumRented.ShouldBe(0);
    }

    [Fact]
    public void Observers_see_the_input_of_every_layer()
    {
        using ICausalLm model = TinyModels.Create("llama");
        using Workspace workspace = model.CreateWorkspace();
        using TokenBatch batch = TokenBatch.FromRows([[1, 2, 3]]);
        using var t = new Tape(workspace, recording: false);
        List<int> seen = [];
        model.Hidden(t, batch, null, (layer, x) =>
        {
            x.shape.ShouldBe([3, 24]);
            seen.Add(layer);
        });
        seen.ShouldBe([0, 1, 2]);
    }

    private static void Near(double[] actual, double[] expected)
    {
        actual.Length.ShouldBe(expected.Length);
        actual.Zip(expected, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(5e-5);
    }
}
