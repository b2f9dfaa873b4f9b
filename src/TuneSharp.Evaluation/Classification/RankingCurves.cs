namespace TuneSharp.Evaluation.Classification;

/// <summary>A point of a ROC or precision-recall curve.</summary>
public readonly record struct CurvePoint(double X, double Y, double Threshold);

/// <summary>
/// What scores say about two classes at every threshold, as scikit-learn computes it. Rows may weigh differently; equal
/// scores make one point.
/// </summary>
public sealed class RankingCurves
{
    private readonly double[] _thresholds;
    private readonly double[] _hits;
    private readonly double[] _falseAlarms;

    /// <param name="truth">True for the positive class.</param>
    /// <param name="scores">Higher for the positive class.</param>
    /// <param name="weights">Of the rows; null: all alike.</param>
    public RankingCurves(IReadOnlyList<bool> truth, IReadOnlyList<double> scores, IReadOnlyList<double>? weights = null)
    {
        List<double> thresholds = [], hits = [], alarms = [];
        double hit = 0, alarm = 0;
        foreach (IGrouping<double, int> group in Enumerable.Range(0, scores.Count).GroupBy(row => scores[row]).OrderByDescending(group => group.Key))
        {
            foreach (int row in group)
            {
                if (truth[row]) hit += weights?[row] ?? 1;
                else alarm += weights?[row] ?? 1;
            }
            thresholds.Add(group.Key);
            hits.Add(hit);
            alarms.Add(alarm);
        }
        (_thresholds, _hits, _falseAlarms) = ([.. thresholds], [.. hits], [.. alarms]);
    }

    /// <summary>False positive rate, true positive rate; begins at (0, 0) with the threshold +∞.</summary>
    public IReadOnlyList<CurvePoint> Roc =>
        [new CurvePoint(Rate(0, _falseAlarms[^1]), Rate(0, _hits[^1]), double.PositiveInfinity), .. _thresholds.Select((threshold, i) => new CurvePoint(Rate(_falseAlarms[i], _falseAlarms[^1]), Rate(_hits[i], _hits[^1]), threshold))];

    /// <summary>Recall, precision; from the lowest threshold to the highest, then (0, 1) without a threshold.</summary>
    public IReadOnlyList<CurvePoint> PrecisionRecall =>
        [.. Enumerable.Range(0, _thresholds.Length).Reverse().Select(i => new CurvePoint(_hits[^1] == 0 ? 1 : _hits[i] / _hits[^1], _hits[i] + _falseAlarms[i] == 0 ? 0 : _hits[i] / (_hits[i] + _falseAlarms[i]), _thresholds[i])), new CurvePoint(0, 1, double.NaN)];

    /// <summary>Area under the ROC curve; NaN with one class only.</summary>
    public double RocAuc => _hits[^1] == 0 || _falseAlarms[^1] == 0 ? double.NaN : Area(Roc);

    /// <summary>Area up to a false positive rate, standardised so that chance gives one half (McClish 1989).</summary>
    public double PartialRocAuc(double mostFalse)
    {
        if (_hits[^1] == 0 || _falseAlarms[^1] == 0) return double.NaN;
        List<CurvePoint> part = [];
        foreach (CurvePoint point in Roc)
        {
            if (point.X <= mostFalse)
            {
                part.Add(point);
                continue;
            }
            CurvePoint last = part[^1];
            part.Add(new CurvePoint(mostFalse, last.Y + (point.Y - last.Y) * (mostFalse - last.X) / (point.X - last.X), 0));
            break;
        }
        double least = mostFalse * mostFalse / 2;
        return 0.5 * (1 + (Area(part) - least) / (mostFalse - least));
    }

    /// <summary>Sum of the precisions, each times the recall that it adds.</summary>
    public double AveragePrecision
    {
        get
        {
            IReadOnlyList<CurvePoint> curve = PrecisionRecall;
            double sum = 0;
            for (int i = 1; i < curve.Count; i++) sum += (curve[i - 1].X - curve[i].X) * curve[i - 1].Y;
            return _hits[^1] == 0 ? 0 : sum;
        }
    }

    private static double Rate(double count, double all) => all == 0 ? double.NaN : count / all;

    private static double Area(IReadOnlyList<CurvePoint> curve)
    {
        double area = 0;
        for (int i = 1; i < curve.Count; i++) area += (curve[i].X - curve[i - 1].X) * (curve[i].Y + curve[i - 1].Y) / 2;
        return area;
    }
}
