using TorchSharp;
using TuneSharp.Data;
using TuneSharp.Nn;
using TuneSharp.Peft.Randomness;
using TuneSharp.Training.Objectives;
using TuneSharp.Training.Optimizers;
using static TorchSharp.torch;

namespace TuneSharp.Training.Loop;

/// <param name="Loss">Mean over the terms (labelled tokens) of all micro-batches, before the step.</param>
/// <param name="GradNorm">Before clipping.</param>
/// <param name="NumTokens">Tokens of the step, labelled or not.</param>
/// <param name="Applied">False: loss or gradient was not finite, and nothing was changed.</param>
internal sealed record StepResult(double Loss, double GradNorm, int NumTokens, bool Applied);

/// <summary>
/// One optimizer step: forward and backward of each micro-batch, whose losses are divided by the number of terms of the
/// whole step (so that splitting a batch changes nothing), clipping, the optimizer.
/// </summary>
internal sealed class TrainStep(IObjective objective, IReadOnlyList<Parameter> trained, IOptimizer optimizer, Workspace workspace, long seed, double maxGradNorm, double normType = 2, double maxGradValue = 0)
{
    /// <param name="step">Completed steps, for the seeds of dropout.</param>
    /// <param name="batches">Micro-batches.</param>
    /// <param name="learningRate">Of this step.</param>
    /// <param name="interrupted">Asked before each micro-batch; true gives the step up.</param>
    /// <returns>Null if the step was given up: nothing was changed.</returns>
    public StepResult? Run(int step, IReadOnlyList<TrainingExample[]> batches, double learningRate, Func<bool> interrupted)
    {
        int numTokens = batches.Sum(batch => batch.Sum(row => row.Length));
        if (Accumulate(step, batches, interrupted) is not { } loss) return null;
        if (!double.IsFinite(loss)) return new StepResult(loss, loss, numTokens, Applied: false);
        double norm = GradientClipping.Clip(trained, maxGradNorm, normType, maxGradValue);
        if (!double.IsFinite(norm)) return new StepResult(loss, norm, numTokens, Applied: false);
        optimizer.Step(learningRate);
        return new StepResult(loss, norm, numTokens, Applied: true);
    }

    /// <summary>Leaves the step's gradients, not clipped, in the parameters.</summary>
    /// <returns>The step's loss; as soon as it is not finite the rest is left out. Null if the step was given up.</returns>
    public double? Accumulate(int step, IReadOnlyList<TrainingExample[]> batches, Func<bool> interrupted)
    {
        foreach (Parameter parameter in trained) parameter.ClearGrad();
        int numTerms = batches.Sum(objective.NumTerms);
        double loss = 0;
        for (int m = 0; m < batches.Count && double.IsFinite(loss); m++)
        {
            if (interrupted()) return null;
            loss += Backward(batches[m], numTerms, (long)CounterRandom.Key(seed, (ulong)step, (ulong)m));
        }

        return loss;
    }

    private double Backward(TrainingExample[] rows, int divisor, long tapeSeed)
    {
        if (objective.NumTerms(rows) == 0) return 0;
        using DisposeScope scope = NewDisposeScope();
        using TokenBatch batch = objective.BatchOf(rows, tapeSeed);
        using var tape = new Tape(workspace) { Seed = tapeSeed };
        Var loss = objective.Loss(tape, batch, rows, divisor);
        double value = loss.Data.to(ScalarType.Float64).item<double>();
        if (double.IsFinite(value)) tape.Backward(loss);
        return value;
    }
}
