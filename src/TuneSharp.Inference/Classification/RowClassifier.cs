using TorchSharp;
using TuneSharp.Models;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Inference.Classification;

/// <summary>Runs texts through a classifier. Texts of like length go together: short ones do not wait for long ones, and memory is bounded.</summary>
/// <param name="model">With or without adapters.</param>
/// <param name="batchTokens">Tokens that are computed at once; a longer text goes alone.</param>
public sealed class RowClassifier(ISequenceClassifier model, int batchTokens = RowClassifier.DefaultBatchTokens) : IDisposable
{
    public const int DefaultBatchTokens = 4096;

    private readonly Workspace _workspace = model.CreateWorkspace();

    /// <summary>Outputs of the head for each text, in the order of the texts.</summary>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <returns>[N][K].</returns>
    public float[][] Logits(IReadOnlyList<EncodedText> texts, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var outputs = new float[texts.Count][];
        int[] order = [.. Enumerable.Range(0, texts.Count).OrderBy(i => texts[i].Ids.Length)];
        for (int at = 0; at < order.Length;)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = 1;
            while (at + count < order.Length && (long)texts[order[at + count]].Ids.Length * (count + 1) <= batchTokens) count++;
            ReadOnlySpan<int> rows = order.AsSpan(at, count);
            float[][] computed = Compute([.. rows.ToArray().Select(i => texts[i])]);
            for (int i = 0; i < count; i++) outputs[rows[i]] = computed[i];
            at += count;
        }
        return outputs;
    }

    public void Dispose() => _workspace.Dispose();

    private float[][] Compute(EncodedText[] rows)
    {
        using DisposeScope scope = NewDisposeScope();
        int[][]? types = rows.Any(row => row.Types is not null) ? [.. rows.Select(row => row.Types ?? new int[row.Ids.Length])] : null;
        using TokenBatch batch = TokenBatch.FromRows([.. rows.Select(row => row.Ids)], numVirtualTokens: model.NumVirtualTokens, tokenTypes: types);
        using var tape = new Tape(_workspace, recording: false);
        float[] logits = model.Logits(tape, batch).Data.to(ScalarType.Float32).contiguous().data<float>().ToArray();
        return [.. logits.Chunk(model.NumLabels)];
    }
}
