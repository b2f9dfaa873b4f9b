using TuneSharp.Data;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Training.Objectives;

namespace TuneSharp.Golden.Topics.Training.Peft;

/// <summary>One class a row, as the recorded classifiers learn it.</summary>
internal sealed class ClassLossObjective(ISequenceClassifier model) : IObjective
{
    public IModel Model => model;

    public int NumTerms(IReadOnlyList<TrainingExample> rows) => rows.Count;

    public TokenBatch BatchOf(IReadOnlyList<TrainingExample> rows, long seed) =>
        TokenBatch.FromRows([.. rows.Select(row => row.InputIds)], numVirtualTokens: model.NumVirtualTokens, tokenTypes: [.. rows.Select(row => row.TokenTypes ?? new int[row.Length])]);

    public Var Loss(Tape t, TokenBatch batch, IReadOnlyList<TrainingExample> rows, double divisor) =>
        t.ClassLoss(model.Logits(t, batch), [.. rows.Select(row => (int)row.Targets![0])], divisor, 0);
}
