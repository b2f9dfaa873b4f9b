using TorchSharp;
using TuneSharp.Data;
using TuneSharp.Models;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Training.Loop;

/// <summary>Mean loss over the labelled tokens of rows, without recording and without dropout.</summary>
internal static class ValidationLoss
{
    /// <returns>Nats per labelled token, and how many these are; null if <paramref name="interrupted"/> said so.</returns>
    public static (double Loss, long NumLabels)? Measure(ICausalLm model, IReadOnlyList<TrainingExample> rows, int batchSize, Workspace workspace, Func<bool> interrupted)
    {
        double sum = 0;
        long labels = 0;
        foreach (TrainingExample[] chunk in rows.Chunk(batchSize))
        {
            if (interrupted()) return null;
            int inChunk = chunk.Sum(row => row.NumLabels);
            if (inChunk == 0) continue;
            using DisposeScope scope = NewDisposeScope();
            using TokenBatch batch = ExampleTokens.Of(chunk);
            using var tape = new Tape(workspace, recording: false);
            // Divided by 1: the sum over the labelled tokens.
            Var loss = tape.CrossEntropy(model.Hidden(tape, batch), model.Head, batch, 1);
            sum += loss.Data.to(ScalarType.Float64).item<double>();
            labels += inChunk;
        }

        return (labels == 0 ? double.NaN : sum / labels, labels);
    }
}
