using System.Globalization;
using System.Text;
using TuneSharp.Formats;

namespace TuneSharp.Data.Corpus.Grammars;

/// <summary>Reads the text of one alternative: an optional weight (<c>3* </c>), then literals, slots and calls.</summary>
internal static class GrammarText
{
    public static GrammarAlternative ReadAlternative(string line, string where)
    {
        int weight = 1;
        int star = line.IndexOf("* ", StringComparison.Ordinal);
        if (star is > 0 and < 4 && int.TryParse(line.AsSpan(0, star), NumberStyles.None, CultureInfo.InvariantCulture, out int written))
        {
            weight = written;
            line = line[(star + 2)..];
        }
        if (weight < 1)
            throw new InvalidInputException("A weight is at least 1.", where);
        return new GrammarAlternative(weight, [.. ReadNodes(line, where)]);
    }

    private static IEnumerable<GrammarNode> ReadNodes(string text, string where)
    {
        var literal = new StringBuilder();
        int at = 0;
        while (at < text.Length)
        {
            char c = text[at];
            if (c == '\\' && at + 1 < text.Length && text[at + 1] == 'n')
            {
                literal.Append('\n');
                at += 2;
                continue;
            }
            if (c is not ('{' or '<'))
            {
                literal.Append(c);
                at++;
                continue;
            }
            int end = text.IndexOf(c == '{' ? '}' : '>', at);
            if (end < 0)
                throw new InvalidInputException($"The '{c}' at column {at + 1} is never closed.", where);
            if (literal.Length > 0)
                yield return new LiteralNode(literal.ToString());
            literal.Clear();
            string inside = text[(at + 1)..end];
            yield return c == '{' ? Slot(inside) : inside.StartsWith('=') ? new EchoNode(inside[1..]) : Call(inside);
            at = end + 1;
        }
        if (literal.Length > 0)
            yield return new LiteralNode(literal.ToString());
    }

    private static SlotNode Slot(string inside)
    {
        int dot = inside.IndexOf('.');
        return dot < 0 ? new SlotNode(inside, "") : new SlotNode(inside[..dot], inside[(dot + 1)..]);
    }

    private static CallNode Call(string inside)
    {
        string[] parts = inside.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new CallNode(parts[0], parts[1..]);
    }
}
