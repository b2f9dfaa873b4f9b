using TuneSharp.Data.Corpus.Grammars;

namespace TuneSharp.Data.Corpus.SmallWorld;

/// <summary>Cuts Chinese text into the first forms of the words of the grammar (the longest that fits, else one character); other text stays whole.</summary>
internal sealed class ChineseWordSplitter
{
    private readonly HashSet<string> _words;
    private readonly int _longest;

    public ChineseWordSplitter(Grammar grammar)
    {
        _words = grammar.Kinds.Values
            .SelectMany(kind => kind.Rows.Select(row => row[kind.Columns[0]]))
            .Where(word => word.Length > 1 && word.All(IsHan))
            .ToHashSet(StringComparer.Ordinal);
        _longest = _words.Max(word => word.Length);
    }

    public IEnumerable<string> Split(string text)
    {
        int start = 0;
        while (start < text.Length)
        {
            int end = IsHan(text[start]) ? start + WordAt(text, start) : EndOfOther(text, start);
            yield return text[start..end];
            start = end;
        }
    }

    private int WordAt(string text, int start)
    {
        for (int length = Math.Min(_longest, text.Length - start); length > 1; length--)
        {
            if (_words.Contains(text.Substring(start, length)))
                return length;
        }
        return 1;
    }

    private static int EndOfOther(string text, int start)
    {
        while (start < text.Length && !IsHan(text[start]))
            start++;
        return start;
    }

    private static bool IsHan(char c) => c is >= '一' and <= '鿿';
}
