using System.Globalization;

namespace TuneSharp.Application.Reports;

/// <summary>A line of a chart. Values that are not finite leave a gap.</summary>
/// <param name="Style">Class of the style sheet: first, second.</param>
/// <param name="Dots">Marks each point: for few measurements.</param>
internal sealed record ChartLine(string Name, string Style, IReadOnlyList<(double X, double Y)> Points, bool Dots = false);

/// <summary>Curves over steps as SVG within the page: axes with round numbers, no script, colours from the style sheet.</summary>
internal static class LineChart
{
    // Units of the view box; the picture takes the width of its column.
    private const double Width = 640, Height = 260, Left = 62, Right = 12, Top = 12, Bottom = 32;

    // More points than that cannot be told apart on a screen.
    private const int MostPoints = 500;

    public static void Write(Html html, string title, string xTitle, params ChartLine[] lines)
    {
        (double X, double Y)[] finite = [.. lines.SelectMany(line => line.Points).Where(point => double.IsFinite(point.Y))];
        if (finite.Length == 0) return;
        (double x0, double x1) = Range(finite.Select(point => point.X));
        (double y0, double y1) = Range(finite.Select(point => point.Y));
        using Html.Element figure = html.Open("figure");
        html.Leaf("figcaption", title);
        using (html.Open("svg", ("viewBox", $"0 0 {N(Width)} {N(Height)}"), ("role", "img"), ("aria-label", title)))
        {
            foreach (double y in Ticks(y0, y1, 5))
            {
                html.Void("line", ("class", "grid"), ("x1", N(Left)), ("x2", N(Width - Right)), ("y1", N(MapY(y))), ("y2", N(MapY(y))));
                html.Leaf("text", Label(y), ("class", "tick"), ("x", N(Left - 6)), ("y", N(MapY(y) + 4)), ("text-anchor", "end"));
            }
            foreach (double x in Ticks(x0, x1, 7))
                html.Leaf("text", Label(x), ("class", "tick"), ("x", N(MapX(x))), ("y", N(Height - Bottom + 17)), ("text-anchor", "middle"));
            html.Leaf("text", xTitle, ("class", "tick"), ("x", N(Width - Right)), ("y", N(Height - 4)), ("text-anchor", "end"));
            foreach (ChartLine line in lines) WriteLine(html, line);
        }
        using (html.Open("p", ("class", "legend")))
        {
            foreach (ChartLine line in lines.Where(line => line.Points.Count > 0)) html.Leaf("span", line.Name, ("class", line.Style));
        }

        double MapX(double x) => Left + (x - x0) / (x1 - x0) * (Width - Left - Right);
        double MapY(double y) => Height - Bottom - (y - y0) / (y1 - y0) * (Height - Top - Bottom);

        void WriteLine(Html page, ChartLine line)
        {
            var run = new List<string>();
            foreach ((double x, double y) in Thin(line.Points))
            {
                if (double.IsFinite(y)) run.Add($"{N(MapX(x))},{N(MapY(y))}");
                else Flush();
            }
            Flush();
            if (!line.Dots) return;
            foreach ((double x, double y) in line.Points.Where(point => double.IsFinite(point.Y)))
                page.Void("circle", ("class", line.Style), ("cx", N(MapX(x))), ("cy", N(MapY(y))), ("r", "3"));

            void Flush()
            {
                if (run.Count > 0) page.Void("polyline", ("class", line.Style), ("points", string.Join(' ', run)));
                run.Clear();
            }
        }
    }

    /// <summary>Of each group of neighbours the lowest and the highest, so that no peak is lost.</summary>
    internal static IReadOnlyList<(double X, double Y)> Thin(IReadOnlyList<(double X, double Y)> points)
    {
        if (points.Count <= MostPoints) return points;
        var thin = new List<(double X, double Y)>(MostPoints);
        int groups = MostPoints / 2;
        for (int g = 0; g < groups; g++)
        {
            int start = (int)((long)g * points.Count / groups), end = (int)((long)(g + 1) * points.Count / groups);
            (double X, double Y)[] group = [.. Enumerable.Range(start, end - start).Select(i => points[i])];
            (double X, double Y)[] finite = [.. group.Where(point => double.IsFinite(point.Y))];
            if (finite.Length == 0) thin.Add(group[0]);
            else thin.AddRange(new[] { finite.MinBy(point => point.Y), finite.MaxBy(point => point.Y) }.OrderBy(point => point.X));
        }
        return thin;
    }

    /// <summary>Round numbers between two values: 1, 2 or 5 times a power of ten apart.</summary>
    internal static IReadOnlyList<double> Ticks(double from, double to, int about)
    {
        double raw = (to - from) / about, power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double step = power * ((raw / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 });
        var ticks = new List<double>();
        for (double i = Math.Ceiling(from / step); i * step <= to + step * 1e-9 && ticks.Count < 2 * about + 2; i++) ticks.Add(i * step);
        return ticks;
    }

    private static (double From, double To) Range(IEnumerable<double> values)
    {
        double[] all = [.. values];
        (double from, double to) = (all.Min(), all.Max());
        double margin = from == to ? Math.Max(Math.Abs(from) * 0.05, 1e-9) : 0;
        return (from - margin, to + margin);
    }

    private static string Label(double value)
    {
        double size = Math.Abs(value);
        if (size > 0 && (size < 0.001 || size >= 1e6)) return value.ToString("0.##e0", CultureInfo.InvariantCulture);
        return value.ToString("0.####", CultureInfo.InvariantCulture);
    }

    private static string N(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
