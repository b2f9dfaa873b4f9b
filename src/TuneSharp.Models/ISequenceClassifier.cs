using TuneSharp.Nn;

namespace TuneSharp.Models;

/// <summary>What the numbers of a classifier mean, and which loss trains them; the names of config.json's problem_type.</summary>
public enum ProblemType
{
    /// <summary>One of N classes: softmax, cross entropy.</summary>
    SingleLabelClassification,

    /// <summary>Any of N classes: sigmoid of each, binary cross entropy.</summary>
    MultiLabelClassification,

    /// <summary>N numbers: squared error.</summary>
    Regression,
}

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
