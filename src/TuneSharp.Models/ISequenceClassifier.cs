using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Nn;

namespace TuneSharp.Models;

/// <summary>A transformer with a head that gives each row N numbers.</summary>
public interface ISequenceClassifier : IModel
{
    ProblemType Problem { get; }

    /// <summary>N names, in the order of the logits (config.json's id2label).</summary>
    IReadOnlyList<string> LabelNames { get; }

    int NumLabels => LabelNames.Count;

    /// <param name="t">A tape on a workspace of the compute type.</param>
    /// <param name="batch">The rows.</param>
    /// <returns>[rows, N].</returns>
    Var Logits(Tape t, TokenBatch batch);
}
