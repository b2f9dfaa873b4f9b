using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models.Weights;
using TuneSharp.Nn;

namespace TuneSharp.Models.Heads;

/// <summary>An encoder or a decoder with a head that gives each row N numbers.</summary>
internal sealed class SequenceClassifier : ModelWithHead, ISequenceClassifier
{
    private readonly ClassifierHead _head;

    /// <param name="body">The transformer.</param>
    /// <param name="head">Reads its last hidden states.</param>
    /// <param name="labels">From config.json.</param>
    /// <param name="weights">Tells which weights are new.</param>
    /// <param name="warnings">About the checkpoint.</param>
    public SequenceClassifier(IModel body, ClassifierHead head, ClassifierLabels labels, IWeightSource weights, IReadOnlyList<string> warnings)
        : base(body, head.Linears.Where(linear => !IsTrainedWhole(linear, weights)), WeightsOf(head.Linears), warnings)
    {
        _head = head;
        Problem = labels.Problem;
        LabelNames = labels.Names;
        Tunable = body.Tunable with
        {
            Linears = Linears,
            Parameters = Parameters,
            TaskHeads = [.. head.Linears.Where(linear => IsTrainedWhole(linear, weights))],
            TaskType = "SEQ_CLS",
        };
    }

    public ProblemType Problem { get; }

    public IReadOnlyList<string> LabelNames { get; }

    public override TunableModel Tunable { get; }

    public Var Logits(Tape t, TokenBatch batch) => _head.Forward(t, Hidden(t, batch), batch);

    /// <summary>BERT's pooler_output of the rows, [R, D]: what the last linear gets. Null: the head has no such layer.</summary>
    internal Var? Pooled(Tape t, TokenBatch batch) => (_head as FirstTokenHead)?.Pool(t, Hidden(t, batch), batch);

    /// <summary>What PEFT trains and saves whole for SEQ_CLS: the modules <c>classifier</c> and <c>score</c>.</summary>
    internal static bool IsTaskModule(string linear) => linear.Split('.')[0] is "classifier" or "score";

    /// <summary>Those, and whatever else starts from random numbers.</summary>
    private static bool IsTrainedWhole(Linear linear, IWeightSource weights) => IsTaskModule(linear.Name) || weights.IsNew(linear.Weight.Name);
}
