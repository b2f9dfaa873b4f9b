using TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Methods;

/// <summary>Methods of str that cut it into pieces.</summary>
internal static class TextSplitting
{
    public static IEnumerable<Builtin> All { get; } =
    [
        new("split", "sep=, maxsplit=", c => Pieces(c, Split(c, fromEnd: false))),
        new("rsplit", "sep=, maxsplit=", c => Pieces(c, Split(c, fromEnd: true))),
        new("splitlines", "keepends=", c => Pieces(c, CharacterClasses.SplitLines(c.SelfText.Text, c.Flag(0)))),
        new("partition", "sep, /", c => Partition(c, fromEnd: false)),
        new("rpartition", "sep, /", c => Partition(c, fromEnd: true)),
    ];

    private static ListValue Pieces(BoundCall c, IEnumerable<string> pieces)
    {
        c.Budget.Work(c.SelfText.Text.Length >> 4);
        bool isMarkup = c.SelfText.IsMarkup;
        return c.Context.NewList([.. pieces.Select(piece => (Value)c.NewText(piece, isMarkup))]);
    }

    private static IEnumerable<string> Split(BoundCall c, bool fromEnd)
    {
        int limit = c.Int(1, -1);
        if (limit < 0) limit = int.MaxValue;
        if (!c.IsGiven(0)) return fromEnd ? SplitWordsFromEnd(c.SelfText.Text, limit) : SplitWords(c.SelfText.Text, limit);
        string separator = c.Text(0);
        if (separator.Length == 0) throw JinjaException.Evaluation("empty separator.");
        return fromEnd ? SplitFromEnd(c.SelfText.Text, separator, limit) : SplitFromStart(c.SelfText.Text, separator, limit);
    }

    private static IEnumerable<string> SplitFromStart(string text, string separator, int limit)
    {
        int start = 0;
        for (int found; limit > 0 && (found = TextFinder.IndexOf(text, separator, start)) >= 0; limit--)
        {
            yield return text[start..found];
            start = found + separator.Length;
        }
        yield return text[start..];
    }

    private static List<string> SplitFromEnd(string text, string separator, int limit)
    {
        var pieces = new List<string>();
        int end = text.Length;
        for (int found; limit > 0 && (found = TextFinder.LastIndexOf(text.AsSpan(0, end), separator)) >= 0; limit--)
        {
            pieces.Add(text[(found + separator.Length)..end]);
            end = found;
        }
        pieces.Add(text[..end]);
        pieces.Reverse();
        return pieces;
    }

    private static IEnumerable<string> SplitWords(string text, int limit)
    {
        for (int i = 0; ; limit--)
        {
            while (i < text.Length && CharacterClasses.IsSpace(text[i])) i++;
            if (i >= text.Length) yield break;
            int start = i;
            if (limit == 0)
            {
                yield return text[start..];
                yield break;
            }
            while (i < text.Length && !CharacterClasses.IsSpace(text[i])) i++;
            yield return text[start..i];
        }
    }

    private static List<string> SplitWordsFromEnd(string text, int limit)
    {
        var pieces = new List<string>();
        for (int end = text.Length; ; limit--)
        {
            while (end > 0 && CharacterClasses.IsSpace(text[end - 1])) end--;
            if (end == 0) break;
            if (limit == 0)
            {
                pieces.Add(text[..end]);
                break;
            }
            int start = end;
            while (start > 0 && !CharacterClasses.IsSpace(text[start - 1])) start--;
            pieces.Add(text[start..end]);
            end = start;
        }
        pieces.Reverse();
        return pieces;
    }

    private static TupleValue Partition(BoundCall c, bool fromEnd)
    {
        string text = c.SelfText.Text, separator = c.Text(0);
        if (separator.Length == 0) throw JinjaException.Evaluation("empty separator.");
        c.Budget.Scan(text.Length);
        int found = fromEnd ? TextFinder.LastIndexOf(text, separator) : TextFinder.IndexOf(text, separator);
        bool isMarkup = c.SelfText.IsMarkup;
        if (found < 0)
        {
            Value empty = TextValue.Of("", isMarkup);
            return fromEnd ? c.Context.NewTuple(empty, empty, c.Self) : c.Context.NewTuple(c.Self, empty, empty);
        }
        return c.Context.NewTuple(c.NewText(text[..found], isMarkup), c.NewText(separator, isMarkup), c.NewText(text[(found + separator.Length)..], isMarkup));
    }
}
