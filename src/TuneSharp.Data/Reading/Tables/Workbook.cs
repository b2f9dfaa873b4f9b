using System.Globalization;
using System.IO.Compression;
using System.Xml;
using TuneSharp.Data.Json;
using TuneSharp.Formats;

namespace TuneSharp.Data.Reading.Tables;

/// <summary>
/// The first sheet of an .xlsx file (ECMA-376), row by row: cells as the text that stands in the file. Formulas count as the value
/// that was last computed. Nothing outside of the file is followed; sizes are limited.
/// </summary>
internal sealed class Workbook : IDisposable
{
    private const long MaxSharedCharacters = 512L << 20;
    private const long MaxSheetCharacters = 16L << 30;
    private const int MaxColumns = 16_384;

    private readonly ZipArchive _archive;
    private readonly string _path;
    private readonly List<string> _shared;

    private Workbook(ZipArchive archive, string path)
    {
        (_archive, _path) = (archive, path);
        _shared = ReadShared();
    }

    /// <exception cref="InvalidInputException">It is no .xlsx file, or damaged.</exception>
    public static Workbook Open(FileStream file, string path)
    {
        try
        {
            return new Workbook(new ZipArchive(file, ZipArchiveMode.Read), path);
        }
        catch (Exception e) when (e is not UnreadableDatasetException)
        {
            file.Dispose();
            throw Damaged(path, e);
        }
    }

    /// <summary>Rows that hold anything: number of the row in the sheet and its cells up to the last one.</summary>
    public IEnumerable<(long Line, IReadOnlyList<string> Cells)> Rows()
    {
        ZipArchiveEntry sheet = Guarded(FirstSheet);
        using XmlReader xml = Guarded(() => Reader(sheet, MaxSheetCharacters));
        long line = 0;
        while (Guarded(() => xml.ReadToFollowing("row")))
        {
            line = long.TryParse(xml.GetAttribute("r"), NumberStyles.None, CultureInfo.InvariantCulture, out long given) && given > line ? given : line + 1;
            List<string> cells = Guarded(() => ReadRow(xml));
            if (cells.Exists(cell => cell.Length > 0)) yield return (line, cells);
        }
    }

    public void Dispose() => _archive.Dispose();

    /// <summary>The rows of the first sheet, with the columns of its header.</summary>
    public static IEnumerable<RawRow> Read(FileStream file, string path, TableHeader header)
    {
        using Workbook book = Open(file, path);
        long number = 0;
        bool headerPassed = !header.InFile;
        foreach ((long line, IReadOnlyList<string> cells) in book.Rows())
        {
            if (!headerPassed)
            {
                headerPassed = true;
                continue;
            }
            // Empty cells at the end of a row are not in the file; what stands beyond the header belongs to nobody.
            string? beyond = cells.Skip(header.Columns.Count).FirstOrDefault(cell => cell.Length > 0);
            var reading = new JsonReading();
            if (beyond is not null) reading.Fault = new JsonFault(0, ProblemKind.ColumnCount, $"The row has {cells.Count} columns instead of {header.Columns.Count}.", "Name the further columns in the header, or empty their cells.");
            else reading.Value = new JsonItem(JsonKind.Object, 0) { Members = [.. header.Columns.Select((name, i) => new JsonMember(name, 0, Cell.FromText(name, i < cells.Count ? cells[i] : "", 0)))] };
            yield return RawRow.WithoutText(++number, line, reading);
        }
    }

    private List<string> ReadRow(XmlReader row)
    {
        var cells = new List<string>();
        if (row.IsEmptyElement) return cells;
        int depth = row.Depth;
        while (row.Read() && row.Depth > depth)
        {
            if (row.NodeType != XmlNodeType.Element || row.LocalName != "c") continue;
            int column = ColumnOf(row.GetAttribute("r")) ?? cells.Count;
            if (column >= MaxColumns) throw new InvalidDataException($"A row has more than {MaxColumns} columns.");
            string text = ReadCell(row);
            while (cells.Count <= column) cells.Add("");
            cells[column] = text;
        }
        return cells;
    }

    private string ReadCell(XmlReader cell)
    {
        string? type = cell.GetAttribute("t");
        if (cell.IsEmptyElement) return "";
        int depth = cell.Depth;
        var text = new System.Text.StringBuilder();
        bool phonetic = false;
        while (cell.Read() && cell.Depth > depth)
        {
            if (cell.NodeType is XmlNodeType.Element && cell.LocalName == "rPh") phonetic = !cell.IsEmptyElement;
            else if (cell.NodeType is XmlNodeType.EndElement && cell.LocalName == "rPh") phonetic = false;
            else if (cell.NodeType is XmlNodeType.Element && cell.LocalName == "f" && !cell.IsEmptyElement) SkipInside(cell);
            else if (cell.NodeType is XmlNodeType.Text or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace or XmlNodeType.CDATA && !phonetic) text.Append(cell.Value);
        }
        string value = text.ToString();
        return type switch
        {
            "s" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < _shared.Count ? _shared[index]
                : throw new InvalidDataException("A cell names a text that does not exist."),
            "b" => value == "1" ? "true" : "false",
            "e" => "",
            "inlineStr" or "str" => Unescape(value),
            _ => value.Trim(),
        };
    }

    // Leaves the reader on the end tag, so that the caller's next Read goes behind it.
    private static void SkipInside(XmlReader reader)
    {
        int depth = reader.Depth;
        while (reader.Read() && !(reader.NodeType == XmlNodeType.EndElement && reader.Depth == depth)) { }
    }

    private List<string> ReadShared()
    {
        var texts = new List<string>();
        if (_archive.GetEntry("xl/sharedStrings.xml") is not { } entry) return texts;
        using XmlReader xml = Reader(entry, MaxSharedCharacters);
        var text = new System.Text.StringBuilder();
        bool phonetic = false, inside = false;
        while (xml.Read())
        {
            bool start = xml.NodeType == XmlNodeType.Element, end = xml.NodeType == XmlNodeType.EndElement;
            if (xml.LocalName == "si" && (start || end))
            {
                if (start) text.Clear();
                if (end || xml.IsEmptyElement) texts.Add(Unescape(text.ToString()));
            }
            else if (xml.LocalName == "rPh" && (start || end)) phonetic = start && !xml.IsEmptyElement;
            else if (xml.LocalName == "t" && (start || end)) inside = start && !xml.IsEmptyElement;
            else if (inside && !phonetic && xml.NodeType is XmlNodeType.Text or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace or XmlNodeType.CDATA && inside && !phonetic) text.Append(xml.Value);
        }
        return texts;
    }

    // The workbook lists its sheets in the order of their tabs; a relation says in which part each lies.
    private ZipArchiveEntry FirstSheet()
    {
        string? part = null;
        if (_archive.GetEntry("xl/workbook.xml") is { } book && _archive.GetEntry("xl/_rels/workbook.xml.rels") is { } relations)
        {
            string? id = null;
            using (XmlReader xml = Reader(book, MaxSharedCharacters))
                if (Guarded(() => xml.ReadToFollowing("sheet"))) id = xml.GetAttribute("id", "http://schemas.openxmlformats.org/officeDocument/2006/relationships");
            using (XmlReader xml = Reader(relations, MaxSharedCharacters))
                while (id is not null && part is null && Guarded(() => xml.ReadToFollowing("Relationship")))
                    if (xml.GetAttribute("Id") == id && xml.GetAttribute("Target") is { } target) part = target.StartsWith('/') ? target[1..] : "xl/" + target;
        }
        return _archive.GetEntry(part ?? "xl/worksheets/sheet1.xml") ?? throw Damaged(_path, null);
    }

    private static XmlReader Reader(ZipArchiveEntry entry, long maxCharacters) => XmlReader.Create(entry.Open(),
        new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = maxCharacters, CloseInput = true });

    private static int? ColumnOf(string? reference)
    {
        int column = 0;
        foreach (char c in reference ?? "")
        {
            if (c is < 'A' or > 'Z') break;
            column = column * 26 + (c - 'A' + 1);
            if (column > MaxColumns) return MaxColumns;
        }
        return column == 0 ? null : column - 1;
    }

    // _x000D_ stands for a character that XML cannot hold.
    private static string Unescape(string text)
    {
        int at = text.IndexOf("_x", StringComparison.Ordinal);
        if (at < 0) return text;
        var plain = new System.Text.StringBuilder(text.Length).Append(text, 0, at);
        for (; at < text.Length; at++)
        {
            if (text.Length - at >= 7 && text[at] == '_' && text[at + 1] == 'x' && text[at + 6] == '_' && ushort.TryParse(text.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit))
            {
                plain.Append((char)unit);
                at += 6;
            }
            else plain.Append(text[at]);
        }
        return plain.ToString();
    }

    // Zip and XML say what is wrong with a damaged file by many kinds of exceptions.
    private T Guarded<T>(Func<T> read)
    {
        try { return read(); }
        catch (Exception e) when (e is not UnreadableDatasetException) { throw Damaged(_path, e); }
    }

    private static UnreadableDatasetException Damaged(string path, Exception? inner) =>
        new(new DataProblem(ProblemSeverity.Error, ProblemKind.Unreadable, "The file is no .xlsx workbook, or it is damaged" + (inner is null ? "." : $": {inner.Message.TrimEnd('.')}."), "Save it again as .xlsx, or as CSV (UTF-8).") { File = path }, inner);
}
