using TuneSharp.Data;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Training.Loop;

namespace TuneSharp.Training.Objectives;

/// <summary>Next-token loss on the labelled tokens.</summary>
/// <param name="model">The decoder.</param>
/// <param name="form">Smoothing, z-loss, focus, while training; null: plain cross-entropy.</param>
public sealed class CausalLmObjective(ICausalLm model, TokenLoss? form = null) : IObjective
{
    public IModel Model => model;

    public int NumTerms(IReadOnlyList<TrainingExample> rows) => rows.Sum(row => row.NumLabels);

    public TokenBatch BatchOf(IReadOnlyList<TrainingExample> rows, long seed) => ExampleTokens.Of(rows, model.NumVirtualTokens);

    public Var Loss(Tape t, TokenBatch batch, IReadOnlyList<TrainingExample> rows, double divisor) =>
        t.CrossEntropy(model.Hidden(t, batch), model.Head, batch, divisor, form: t.Training ? form : null);
}
