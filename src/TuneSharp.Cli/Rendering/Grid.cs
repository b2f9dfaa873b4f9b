using Spectre.Console;
using TuneSharp.Cli.Terminals;

namespace TuneSharp.Cli.Rendering;

/// <summary>A small table: with frames on a screen, with spaces only elsewhere. The first column is left-aligned, the others as asked.</summary>
internal sealed class Grid(params string[] headings)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Columns of numbers, aligned to the right.</summary>
    public HashSet<int> Numbers { get; } = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Write(Terminal terminal)
    {
        if (terminal.IsScreen)
        {
            var table = new Table().Border(TableBorder.Rounded);
            for (int i = 0; i < headings.Length; i++)
            {
                var column = new TableColumn(Markup.Escape(headings[i]));
                table.AddColumn(Numbers.Contains(i) ? column.RightAligned() : column);
            }

            foreach (string[] row in _rows) table.AddRow([.. row.Select(Markup.Escape)]);
            terminal.Console.Write(table);
            return;
        }

        int[] widths = [.. headings.Select((heading, i) => _rows.Select(row => DisplayWidth.Of(row[i])).Append(DisplayWidth.Of(heading)).Max())];
        foreach (string[] row in _rows.Prepend(headings))
        {
            string[] cells = [.. row.Select((cell, i) => Numbers.Contains(i) ? new string(' ', widths[i] - DisplayWidth.Of(cell)) + cell : DisplayWidth.Pad(cell, widths[i]))];
            terminal.Out.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }
}
