using TorchSharp;
using TuneSharp.Data;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Training.Loop;
using static TorchSharp.torch;

namespace TuneSharp.Training.Objectives;

/// <summary>Computes numbers from a classifier's outputs on all validation rows: accuracy, F1, ….</summary>
/// <param name="logits">[N][K].</param>
/// <param name="targets">As <see cref="TrainingExample.Targets"/> has them, [N][1] or [N][K].</param>
public delegate IReadOnlyDictionary<string, double> ClassifierMetrics(IReadOnlyList<float[]> logits, IReadOnlyList<float[]> targets);

/// <summary>
/// The loss of a classifier's head over rows: cross entropy of one class, binary cross entropy of several, squared error of values; as in
/// transformers the mean over the rows of a step.
/// </summary>
/// <param name="model">With its head.</param>
/// <param name="labelSmoothing">Share of the target that is spread over all classes, while training; for one class only.</param>
public sealed class SequenceClassificationObjective(ISequenceClassifier model, double labelSmoothing = 0) : IObjective
{
    public IModel Model => model;

    /// <summary>What is measured on the validation rows beside the loss; null: nothing.</summary>
    public ClassifierMetrics? Metrics { get; init; }

    public IReadOnlyList<string> MetricNames { get; init; } = [];

    public int NumTerms(IReadOnlyList<TrainingExample> rows) => rows.Count;

    public TokenBatch BatchOf(IReadOnlyList<TrainingExample> rows, long seed) => TokenBatch.FromRows([.. rows.Select(row => row.InputIds)], numVirtualTokens: model.NumVirtualTokens,
        tokenTypes: rows.Any(row => row.TokenTypes is not null) ? [.. rows.Select(row => row.TokenTypes ?? new int[row.Length])] : null);

    public Var Loss(Tape t, TokenBatch batch, IReadOnlyList<TrainingExample> rows, double divisor) => Loss(t, model.Logits(t, batch), rows, divisor);

    /// <summary>The loss, and the metrics of all rows' outputs, without recording and without dropout.</summary>
    public Measurement? Measure(IReadOnlyList<TrainingExample> rows, int batchSize, Workspace workspace, Func<bool> interrupted)
    {
        var outputs = new List<float[]>(rows.Count);
        double sum = 0;
        foreach (TrainingExample[] chunk in rows.Chunk(batchSize))
        {
            if (interrupted()) return null;
            using DisposeScope scope = NewDisposeScope();
            using TokenBatch batch = BatchOf(chunk, 0);
            using var tape = new Tape(workspace, recording: false);
            Var logits = model.Logits(tape, batch);
            // Divided by 1: the sum over the rows.
            sum += Loss(tape, logits, chunk, 1).Data.to(ScalarType.Float64).item<double>();
            float[] all = logits.Data.to(ScalarType.Float32).contiguous().data<float>().ToArray();
            outputs.AddRange(all.Chunk(model.NumLabels));
        }
        return new Measurement(sum / rows.Count, rows.Count, Metrics?.Invoke(outputs, [.. rows.Select(row => row.Targets!)]) ?? Measurement.NoMetrics);
    }

    private Var Loss(Tape t, Var logits, IReadOnlyList<TrainingExample> rows, double divisor)
    {
        float[][] targets = [.. rows.Select(row => row.Targets ?? throw new ArgumentException($"{row.Source} has no targets.", nameof(rows)))];
        return model.Problem switch
        {
            ProblemType.SingleLabelClassification => t.ClassLoss(logits, [.. targets.Select(target => (int)target[0])], divisor, t.Training ? labelSmoothing : 0),
            ProblemType.MultiLabelClassification => t.BinaryLoss(logits, targets, divisor),
            _ => t.SquaredLoss(logits, targets, divisor),
        };
    }
}
