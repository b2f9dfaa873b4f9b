using TuneSharp.Data;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Training.Loop;

namespace TuneSharp.Training.Objectives;

/// <summary>What a step makes smaller: a model, and the loss of rows under it.</summary>
public interface IObjective
{
    IModel Model { get; }

    /// <summary>What the mean of the losses is over: labelled tokens, or rows. 0: the rows teach nothing.</summary>
    int NumTerms(IReadOnlyList<TrainingExample> rows);

    /// <summary>The rows as the engine takes them. Must outlive the tape on which their loss is computed.</summary>
    /// <param name="rows">Of one micro-batch.</param>
    /// <param name="seed">Of this micro-batch's randomness, where the objective draws some (masked words).</param>
    TokenBatch BatchOf(IReadOnlyList<TrainingExample> rows, long seed);

    /// <summary>The sum of the terms' losses, divided.</summary>
    /// <param name="t">A tape that is not training measures: without dropout, smoothing and whatever else only helps to learn.</param>
    /// <param name="batch">From <see cref="BatchOf"/>.</param>
    /// <param name="rows">The same rows.</param>
    /// <param name="divisor">Terms of the whole step; 1 gives the sum.</param>
    Var Loss(Tape t, TokenBatch batch, IReadOnlyList<TrainingExample> rows, double divisor);

    /// <summary>What <see cref="Measure"/> finds beside the loss, by name.</summary>
    IReadOnlyList<string> MetricNames => [];

    /// <summary>The mean loss over rows, and whatever else the objective measures, without recording and without dropout.</summary>
    /// <param name="rows">All validation rows.</param>
    /// <param name="batchSize">Rows in one pass.</param>
    /// <param name="workspace">Of the model's compute type.</param>
    /// <param name="interrupted">Asked before each pass; true gives the measurement up.</param>
    /// <returns>Null if it was given up.</returns>
    Measurement? Measure(IReadOnlyList<TrainingExample> rows, int batchSize, Workspace workspace, Func<bool> interrupted) => ValidationLoss.Measure(this, rows, batchSize, workspace, interrupted);
}
