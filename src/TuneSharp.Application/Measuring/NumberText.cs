using TuneSharp.Evaluation.Metrics;

namespace TuneSharp.Application.Measuring;

/// <summary>Numbers of measures as people read them.</summary>
public static class NumberText
{
    /// <summary>Shares in percent, losses with four digits, the others with two.</summary>
    public static string Of(double value, MetricNumber number) => number.Scale == MetricScale.Share ? $"{100 * value:0.0} %" : Plain(value, number, "");

    /// <summary>The difference with its sign; that of shares in points of a hundred.</summary>
    public static string Change(double from, double to, MetricNumber number)
    {
        double change = to - from;
        return number.Scale == MetricScale.Share ? $"{100 * change:+0.0;-0.0;0.0}" : Plain(change, number, "+");
    }

    private static string Plain(double value, MetricNumber number, string sign)
    {
        string digits = number.Name is "loss" or "bits_per_byte" ? "0.0000" : "0.00";
        return value.ToString(sign.Length == 0 ? digits : $"+{digits};-{digits};{digits}");
    }
}
