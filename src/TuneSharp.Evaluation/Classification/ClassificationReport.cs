using System.Globalization;
using System.Text;
using TuneSharp.Evaluation.Texts;

namespace TuneSharp.Evaluation.Classification;

/// <summary>The table of precision, recall, F1 and support that scikit-learn prints.</summary>
public static class ClassificationReport
{
    private const string Widest = "weighted avg";

    /// <param name="rows">Truth and prediction.</param>
    /// <param name="classes">Which to show.</param>
    /// <param name="wholeSupport">True: supports are whole numbers and printed as such.</param>
    /// <param name="digits">Behind the point.</param>
    public static string Write(LabelledRows rows, IReadOnlyList<string> classes, bool wholeSupport, int digits = 4)
    {
        ClassScores scores = ClassScores.Of(rows, classes);
        int width = Math.Max(Math.Max(Widest.Length, digits), classes.Max(name => CodePoints.Of(name).Count));
        var text = new StringBuilder();
        text.Append(Right("", width)).Append(' ');
        foreach (string heading in (string[])["precision", "recall", "f1-score", "support"]) text.Append(' ').Append(Right(heading, 9));
        text.Append("\n\n");
        for (int i = 0; i < classes.Count; i++) Row(classes[i], scores.PerClass[i], scores.Support[i]);
        text.Append('\n');
        double support = scores.Support.Sum();
        // With every class in the table the micro averages are all the accuracy.
        if (rows.Classes.All(classes.Contains)) text.Append($"{Right("accuracy", width)}  {Right("", 9)} {Right("", 9)} {Right(PythonNumber.Fixed(scores.Micro.F, digits), 9)} {Right(Support(support), 9)}\n");
        else Row("micro avg", scores.Micro, support);
        Row("macro avg", scores.Macro, support);
        Row(Widest, scores.Weighted, support);
        return text.ToString();

        void Row(string name, ClassScore score, double weight) => text.Append(
            $"{Right(name, width)}  {Right(PythonNumber.Fixed(score.Precision, digits), 9)} {Right(PythonNumber.Fixed(score.Recall, digits), 9)} {Right(PythonNumber.Fixed(score.F, digits), 9)} {Right(Support(weight), 9)}\n");

        string Support(double weight) => wholeSupport ? weight.ToString("0", CultureInfo.InvariantCulture) : weight == Math.Floor(weight) ? weight.ToString("0.0", CultureInfo.InvariantCulture) : weight.ToString("R", CultureInfo.InvariantCulture);
    }

    private static string Right(string text, int width) => new string(' ', Math.Max(0, width - CodePoints.Of(text).Count)) + text;
}
