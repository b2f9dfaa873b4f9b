using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Splitting.Regexes;

/// <summary>Bracket expressions: ranges, escapes, nested brackets, <c>[:names:]</c>, intersection with <c>&amp;&amp;</c>.</summary>
internal static class BracketParser
{
    private const int DeepestNesting = 50;

    /// <summary>Reads what stands behind the opening bracket, the closing one included.</summary>
    public static CodePointSet Read(PatternText text, bool ignoreCase, int depth = 0)
    {
        if (depth > DeepestNesting) throw text.Error($"nests brackets more than {DeepestNesting} deep");
        bool negative = text.TryTake('^');
        CodePointSet? intersection = null;
        CodePointSet set = CodePointSet.Empty;
        bool first = true;
        while (true)
        {
            if (text.IsAtEnd) throw text.Error("has a [ without its ]");
            if (!first && text.TryTake(']')) break;
            if (text.TryTake("&&"))
            {
                intersection = intersection is null ? set : intersection.Intersect(set);
                set = CodePointSet.Empty;
                first = false;
                continue;
            }
            set = set.Union(ReadItem(text, depth));
            first = false;
        }
        if (intersection is not null) set = intersection.Intersect(set);
        if (ignoreCase) set = CaseFolding.Close(set);
        return negative ? set.Complement() : set;
    }

    private static CodePointSet ReadItem(PatternText text, int depth)
    {
        if (text.TryTake("[:")) return ReadName(text);
        if (text.TryTake('[')) return Read(text, ignoreCase: false, depth + 1);
        if (text.Next == '\\')
        {
            text.Take();
            if (text.TryTakeSetEscape(inBrackets: true) is { } set) return set;
            return ReadRange(text, text.Next == 'b' ? Backspace(text) : text.TakeCharacterEscape());
        }
        return ReadRange(text, text.Take());
    }

    private static int Backspace(PatternText text)
    {
        text.Take();
        return '\b';
    }

    private static CodePointSet ReadRange(PatternText text, int first)
    {
        if (text.Next != '-' || text.Behind(1) is ']' or -1 || (text.Behind(1) == '&' && text.Behind(2) == '&')) return CodePointSet.OfRange(first, first);
        int start = text.At;
        text.Take();
        int last;
        if (text.Next == '\\')
        {
            text.Take();
            if (text.TryTakeSetEscape(inBrackets: true) is not null) throw text.Error("has a range that ends in a class of characters");
            last = text.TakeCharacterEscape();
        }
        else if (text.Next == '[')
        {
            text.At = start + 1;
            return CodePointSet.OfRange(first, first).Union(CodePointSet.OfRange('-', '-'));
        }
        else
        {
            last = text.Take();
        }
        return last >= first ? CodePointSet.OfRange(first, last) : throw text.Error("has a range whose end lies before its start");
    }

    private static CodePointSet ReadName(PatternText text)
    {
        bool negative = text.TryTake('^');
        string name = "";
        while (text.Next is >= 'a' and <= 'z') name += (char)text.Take();
        if (!text.TryTake(":]")) throw text.Error("has a [: without its :]");
        CodePointSet set = PropertyNames.Find(name) ?? throw text.Error($"names a character class that is not known: '{name}'");
        return negative ? set.Complement() : set;
    }
}
