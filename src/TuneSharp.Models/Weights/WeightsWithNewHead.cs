using TuneSharp.Nn;

namespace TuneSharp.Models.Weights;

/// <summary>Weights of a checkpoint, and random ones for those modules of a task's head that it does not hold.</summary>
/// <param name="stored">The checkpoint.</param>
/// <param name="random">For the head.</param>
/// <param name="isNew">Tells by a weight's name whether it is not in the checkpoint and may start anew.</param>
internal sealed class WeightsWithNewHead(IWeightSource stored, IWeightSource random, Func<string, bool> isNew) : IWeightSource
{
    public bool IsNew(string name) => isNew(name);

    public Parameter Matrix(string name, long rows, long columns) => SourceOf(name).Matrix(name, rows, columns);

    public Parameter LinearWeight(string name, long rows, long columns) => SourceOf(name).LinearWeight(name, rows, columns);

    public Parameter Norm(string name, long size) => SourceOf(name).Norm(name, size);

    public Parameter Bias(string name, long size) => SourceOf(name).Bias(name, size);

    public (Parameter Embedding, Parameter Head) Vocabulary(string embedding, string head, long vocabulary, long hidden, bool tied) => stored.Vocabulary(embedding, head, vocabulary, hidden, tied);

    private IWeightSource SourceOf(string name) => isNew(name) ? random : stored;
}
