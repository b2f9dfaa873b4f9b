using System.Globalization;
using TuneSharp.Application.Measuring;

namespace TuneSharp.Application.Reports;

/// <summary>
/// A confusion matrix as SVG within the page: a row for each true class, a column for each predicted one, a cell as strong as its share of
/// the row. What is right lies on the diagonal in the first colour, mistakes have the second.
/// </summary>
internal static class ConfusionChart
{
    // Units of the view box; the picture takes the width of its column.
    private const double Width = 640, Top = 12, Right = 12, LongestLabel = 150, CharacterWidth = 6.4, Below = 34;

    // With more classes names and numbers cannot be read.
    private const int MostNames = 30, MostNumbers = 16;

    public static void Write(Html html, string title, string truth, string predicted, MeasuredClasses measured)
    {
        if (measured.Confusion is not { Count: > 0 } counts) return;
        int n = counts.Count;
        bool named = n <= MostNames;
        string[] names = [.. measured.Classes.Select((one, i) => Short(named ? one.Name : $"{i}"))];
        double left = named ? Math.Min(LongestLabel, 14 + CharacterWidth * names.Max(WidthOf)) : 40;
        double side = Math.Min((Width - left - Right) / n, 64), bottom = named ? 20 + (n > 6 ? CharacterWidth * names.Max(WidthOf) * 0.7 : 0) : 20;
        double height = Top + side * n + bottom + Below;
        using Html.Element figure = html.Open("figure");
        html.Leaf("figcaption", title);
        using (html.Open("svg", ("viewBox", $"0 0 {N(Width)} {N(height)}"), ("role", "img"), ("aria-label", title)))
        {
            for (int i = 0; i < n; i++)
            {
                double y = Top + side * i;
                int inRow = counts[i].Sum();
                if (named) html.Leaf("text", names[i], ("class", "tick"), ("x", N(left - 6)), ("y", N(y + side / 2 + 4)), ("text-anchor", "end"));
                for (int j = 0; j < n; j++)
                {
                    double share = inRow == 0 ? 0 : (double)counts[i][j] / inRow, x = left + side * j;
                    html.Void("rect", ("class", "frame"), ("x", N(x)), ("y", N(y)), ("width", N(side)), ("height", N(side)));
                    if (counts[i][j] == 0) continue;
                    html.Void("rect", ("class", i == j ? "right" : "wrong"), ("x", N(x)), ("y", N(y)), ("width", N(side)), ("height", N(side)), ("fill-opacity", N(0.08 + 0.8 * share)));
                    if (n <= MostNumbers) html.Leaf("text", counts[i][j].ToString(CultureInfo.InvariantCulture), ("class", "count"), ("x", N(x + side / 2)), ("y", N(y + side / 2 + 4)), ("text-anchor", "middle"));
                }
            }
            for (int j = 0; named && j < n; j++)
            {
                double x = left + side * (j + 0.5), y = Top + side * n + 15;
                if (n <= 6) html.Leaf("text", names[j], ("class", "tick"), ("x", N(x)), ("y", N(y)), ("text-anchor", "middle"));
                else html.Leaf("text", names[j], ("class", "tick"), ("x", N(x)), ("y", N(y)), ("text-anchor", "end"), ("transform", $"rotate(-45 {N(x)} {N(y)})"));
            }
            html.Leaf("text", $"↓ {truth}   → {predicted}", ("class", "tick"), ("x", N(left)), ("y", N(height - 8)), ("text-anchor", "start"));
        }
    }

    private static string Short(string name) => new StringInfo(name) is { LengthInTextElements: > 18 } text ? text.SubstringByTextElements(0, 17) + "…" : name;

    // Chinese characters are twice as wide.
    private static double WidthOf(string name) => name.Sum(c => c > 0x2E80 ? 1.9 : 1);

    private static string N(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
