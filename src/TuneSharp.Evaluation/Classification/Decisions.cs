using TuneSharp.Formats.ModelConfigs;

namespace TuneSharp.Evaluation.Classification;

/// <summary>What the outputs of a classifier's head say: probabilities, the decision, the loss. All in float64.</summary>
public static class Decisions
{
    /// <summary>Probabilities of the classes: they add up to 1, or stand each for itself; values of a regression as they are.</summary>
    /// <param name="logits">Outputs of the head, [K].</param>
    /// <returns>[K].</returns>
    public static double[] Probabilities(ProblemType problem, IReadOnlyList<float> logits)
    {
        ArgumentNullException.ThrowIfNull(logits);
        switch (problem)
        {
            case ProblemType.SingleLabelClassification:
                double sum = LogSumExp(logits);
                return [.. logits.Select(logit => Math.Exp(logit - sum))];
            case ProblemType.MultiLabelClassification:
                return [.. logits.Select(logit => 1 / (1 + Math.Exp(-logit)))];
            default:
                return [.. logits.Select(logit => (double)logit)];
        }
    }

    /// <summary>Number of the largest output; the first of equal ones.</summary>
    public static int Best(IReadOnlyList<float> logits)
    {
        ArgumentNullException.ThrowIfNull(logits);
        int best = 0;
        for (int i = 1; i < logits.Count; i++)
            if (logits[i] > logits[best] || float.IsNaN(logits[best])) best = i;
        return best;
    }

    /// <summary>Classes whose probability is above one half.</summary>
    public static bool[] Chosen(IReadOnlyList<float> logits) => [.. logits.Select(logit => logit > 0)];

    /// <summary>Loss of one row: -ln p of its class; mean of the classes' binary cross entropies; mean squared error.</summary>
    /// <param name="targets">[1] the number of the class, or [K].</param>
    public static double Loss(ProblemType problem, IReadOnlyList<float> logits, IReadOnlyList<float> targets)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(targets);
        return problem switch
        {
            ProblemType.SingleLabelClassification => LogSumExp(logits) - logits[(int)targets[0]],
            ProblemType.MultiLabelClassification => logits.Zip(targets, (logit, target) => Math.Max(logit, 0) - (double)logit * target + Math.Log(1 + Math.Exp(-Math.Abs((double)logit)))).Average(),
            _ => logits.Zip(targets, (value, target) => ((double)value - target) * ((double)value - target)).Average(),
        };
    }

    private static double LogSumExp(IReadOnlyList<float> logits)
    {
        double most = logits.Max();
        return most + Math.Log(logits.Sum(logit => Math.Exp(logit - most)));
    }
}
