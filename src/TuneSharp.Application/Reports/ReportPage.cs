namespace TuneSharp.Application.Reports;

/// <summary>What every report has around its sections: head, style, foot. One file without script that loads nothing.</summary>
internal static class ReportPage
{
    // Two columns of curves on a wide screen, one on a phone; light and dark by the reader's system.
    private const string Sheet = """
        :root{color-scheme:light dark;--ink:#1d2733;--soft:#5b6a79;--page:#f6f7f9;--card:#fff;--edge:#dde3ea;--first:#1f6fd6;--second:#d2600f;--good:#17803d;--bad:#b3261e}
        @media (prefers-color-scheme:dark){:root{--ink:#e4e9ef;--soft:#98a5b3;--page:#12171d;--card:#1a2129;--edge:#2d3742;--first:#6db1ff;--second:#ffa15c;--good:#6fd08c;--bad:#ff8a80}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI","Noto Sans","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
        main{max-width:1120px;margin:0 auto;padding:20px 16px 60px}
        h1{font-size:1.6rem;line-height:1.25;margin:8px 0;overflow-wrap:anywhere}
        h2{font-size:1.15rem;margin:34px 0 10px}
        h3{font-size:1rem;margin:20px 0 8px;color:var(--soft)}
        p{margin:6px 0}
        .soft,footer{color:var(--soft);overflow-wrap:anywhere}
        footer{margin-top:40px;font-size:.85rem}
        .cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(170px,1fr));gap:10px;margin:16px 0}
        .card,figure,article{background:var(--card);border:1px solid var(--edge);border-radius:10px;padding:12px 14px}
        .card b{display:block;font-size:1.3rem;line-height:1.3;overflow-wrap:anywhere}
        .card span{color:var(--soft);font-size:.85rem;display:block}
        .charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,440px),1fr));gap:12px}
        figure{margin:0}
        figcaption{font-weight:600;margin-bottom:4px}
        svg{width:100%;height:auto;display:block}
        svg .grid{stroke:var(--edge);stroke-width:1}
        svg .tick{fill:var(--soft);font-size:11px}
        svg polyline{fill:none;stroke-width:1.8;stroke-linejoin:round}
        svg .first{stroke:var(--first)}
        svg .second{stroke:var(--second)}
        svg .frame{fill:none;stroke:var(--edge);stroke-width:.5}
        svg .right{fill:var(--first)}
        svg .wrong{fill:var(--second)}
        svg .count{fill:var(--ink);font-size:12px}
        svg circle.first{fill:var(--first)}
        svg circle.second{fill:var(--second)}
        .legend{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:.85rem;color:var(--soft);margin:4px 0 0}
        .legend span::before{content:"";display:inline-block;width:18px;height:3px;vertical-align:middle;margin-right:6px;background:currentColor}
        .legend .first::before{background:var(--first)}
        .legend .second::before{background:var(--second)}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;width:100%;background:var(--card);border:1px solid var(--edge);border-radius:10px;font-size:.93rem}
        th,td{padding:7px 10px;text-align:left;border-top:1px solid var(--edge);vertical-align:top;overflow-wrap:anywhere}
        thead th{border-top:0;color:var(--soft);font-weight:600}
        td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;overflow-wrap:normal}
        th.number{white-space:normal;overflow-wrap:anywhere}
        tr>:first-child{min-width:7.5em}
        .good{color:var(--good)}
        .bad{color:var(--bad)}
        article{margin:10px 0}
        .pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,240px),1fr));gap:12px}
        .label{color:var(--soft);font-size:.82rem;margin:0}
        .words{white-space:pre-wrap;overflow-wrap:anywhere;margin:2px 0 8px}
        code{font-family:ui-monospace,SFMono-Regular,Consolas,monospace;font-size:.88em}
        details{margin:10px 0}
        summary{cursor:pointer;color:var(--soft)}
        """;

    /// <param name="title">Of the page.</param>
    /// <param name="foot">The last line.</param>
    /// <param name="write">Writes the sections.</param>
    public static string Write(ReportWording words, string title, string foot, Action<Html> write)
    {
        var html = new Html();
        using (html.Open("html", ("lang", words.Code)))
        {
            using (html.Open("head"))
            {
                html.Void("meta", ("charset", "utf-8"));
                html.Void("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
                // Even if something foreign got through, it could neither run nor call anybody.
                html.Void("meta", ("http-equiv", "Content-Security-Policy"), ("content", "default-src 'none'; style-src 'unsafe-inline'"));
                html.Leaf("title", title);
                html.Style(Sheet);
            }
            using (html.Open("body"))
            using (html.Open("main"))
            {
                write(html);
                html.Leaf("footer", foot);
            }
        }
        return html.ToString() + "\n";
    }

    public static void Section(Html html, string heading, Action write)
    {
        using (html.Open("section"))
        {
            html.Leaf("h2", heading);
            write();
        }
    }

    /// <param name="html">The page.</param>
    /// <param name="headings">Of the columns; null: a table without a head.</param>
    /// <param name="numbersFrom">Columns from this one on are numbers, aligned to the right.</param>
    /// <param name="rows">Cells, as many in each as there are headings.</param>
    public static void Table(Html html, IReadOnlyList<string>? headings, int numbersFrom, IEnumerable<IReadOnlyList<Cell>> rows)
    {
        using (html.Open("div", ("class", "scroll")))
        using (html.Open("table"))
        {
            if (headings is not null)
            {
                using (html.Open("thead"))
                using (html.Open("tr"))
                {
                    for (int i = 0; i < headings.Count; i++) html.Leaf("th", headings[i], ("class", i >= numbersFrom ? "number" : "text"));
                }
            }
            using (html.Open("tbody"))
            {
                foreach (IReadOnlyList<Cell> row in rows)
                {
                    using (html.Open("tr"))
                    {
                        for (int i = 0; i < row.Count; i++) html.Leaf("td", row[i].Text, ("class", $"{(i >= numbersFrom ? "number" : "text")} {row[i].Style}".TrimEnd()));
                    }
                }
            }
        }
    }
}

/// <summary>A cell of a table, and the class of the style sheet that it has: good, bad.</summary>
internal sealed record Cell(string Text, string Style = "")
{
    public static implicit operator Cell(string text) => new(text);
}
