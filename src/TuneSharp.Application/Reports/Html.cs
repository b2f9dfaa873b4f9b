using System.Text;

namespace TuneSharp.Application.Reports;

/// <summary>
/// Writes HTML piece by piece. Text and attribute values are escaped here and nowhere else: whatever comes from a model, a
/// dataset or a file name can neither make an element nor leave an attribute. Names of elements and attributes are constants
/// of the program.
/// </summary>
internal sealed class Html
{
    private static readonly HashSet<string> s_void = ["meta", "br", "line", "rect", "polyline", "circle"];

    private readonly StringBuilder _page = new();
    private readonly Stack<string> _open = new();

    /// <summary>Begins an element; disposing what it gives ends it.</summary>
    public Element Open(string name, params (string Name, string Value)[] attributes)
    {
        WriteTag(name, attributes);
        _open.Push(name);
        return new Element(this);
    }

    /// <summary>An element with text in it and nothing else.</summary>
    public Html Leaf(string name, string text, params (string Name, string Value)[] attributes)
    {
        WriteTag(name, attributes);
        if (s_void.Contains(name)) return this;
        Text(text);
        _page.Append("</").Append(name).Append('>');
        return this;
    }

    /// <summary>An element without an end: <c>meta</c>, <c>line</c>, …</summary>
    public Html Void(string name, params (string Name, string Value)[] attributes) => Leaf(name, "", attributes);

    public Html Text(string text)
    {
        // By code points: half of a surrogate pair, which no file can hold, becomes the replacement character.
        foreach (Rune rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '&': _page.Append("&amp;"); break;
                case '<': _page.Append("&lt;"); break;
                case '>': _page.Append("&gt;"); break;
                case '"': _page.Append("&quot;"); break;
                case '\'': _page.Append("&#39;"); break;
                // Marks that turn the direction of what follows would reach beyond their text.
                case (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0xFFFE or 0xFFFF: _page.Append('\uFFFD'); break;
                default: _page.Append(Rune.IsControl(rune) && rune.Value is not ('\n' or '\t') ? "\uFFFD" : rune.ToString()); break;
            }
        }
        return this;
    }

    /// <summary>The style sheet: a constant of the program.</summary>
    public Html Style(string sheet)
    {
        _page.Append("<style>").Append(sheet).Append("</style>");
        return this;
    }

    public override string ToString() => _page.ToString();

    private void WriteTag(string name, (string Name, string Value)[] attributes)
    {
        if (name is "html") _page.Append("<!DOCTYPE html>\n");
        if (name is "section" or "table" or "tr" or "h2" or "svg" or "article" or "details") _page.Append('\n');
        _page.Append('<').Append(name);
        foreach ((string attribute, string value) in attributes)
        {
            _page.Append(' ').Append(attribute).Append("=\"");
            Text(value);
            _page.Append('"');
        }
        _page.Append(s_void.Contains(name) ? "/>" : ">");
    }

    private void Close() => _page.Append("</").Append(_open.Pop()).Append('>');

    internal readonly struct Element(Html html) : IDisposable
    {
        public void Dispose() => html.Close();
    }
}
