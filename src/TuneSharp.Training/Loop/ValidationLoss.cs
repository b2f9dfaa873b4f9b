using TorchSharp;
using TuneSharp.Data;
using TuneSharp.Nn;
using TuneSharp.Training.Objectives;
using static TorchSharp.torch;

namespace TuneSharp.Training.Loop;

/// <summary>Mean loss over rows, without recording and without dropout.</summary>
internal static class ValidationLoss
{
    /// <returns>Nats per term (labelled token), and how many these are; null if <paramref name="interrupted"/> said so.</returns>
    public static Measurement? Measure(IObjective objective, IReadOnlyList<TrainingExample> rows, int batchSize, Workspace workspace, Func<bool> interrupted)
    {
        double sum = 0;
        long terms = 0;
        foreach (TrainingExample[] chunk in rows.Chunk(batchSize))
        {
            if (interrupted()) return null;
            int inChunk = objective.NumTerms(chunk);
            if (inChunk == 0) continue;
            using DisposeScope scope = NewDisposeScope();
            using TokenBatch batch = objective.BatchOf(chunk, terms);
            using var tape = new Tape(workspace, recording: false);
            // Divided by 1: the sum over the terms.
            Var loss = objective.Loss(tape, batch, chunk, 1);
            sum += loss.Data.to(ScalarType.Float64).item<double>();
            terms += inChunk;
        }

        return new Measurement(terms == 0 ? double.NaN : sum / terms, terms, Measurement.NoMetrics);
    }
}
