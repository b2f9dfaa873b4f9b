namespace TuneSharp.Application.Languages;

/// <summary>A sentence or phrase with holes for what varies, <c>The tensor {0} stands twice.</c>, and its translation.</summary>
/// <remarks>
/// Matching is linear in the text and never goes back: the first literal stands at the begin, the last one at the end, and
/// each other one is taken where it comes first. If there is any way to place all of them in order, this is one.
/// </remarks>
internal sealed class MessageTemplate
{
    private const string Quotes = "'`\"";

    private readonly string[] _literals;

    public MessageTemplate(string source, string translation)
    {
        Source = source;
        (_literals, int[] order) = Split(source);
        if (!order.SequenceEqual(Enumerable.Range(0, order.Length))) throw new FormatException($"The holes of '{source}' are not numbered from 0 in their order.");
        if (_literals.Skip(1).SkipLast(1).Contains("")) throw new FormatException($"Two holes of '{source}' touch.");
        (TranslatedLiterals, TranslatedHoles) = Split(translation);
        if (TranslatedHoles.Any(hole => hole >= order.Length)) throw new FormatException($"The translation of '{source}' has a hole more.");
        Weight = _literals.Sum(literal => literal.Count(char.IsAsciiLetter));
        IsVerbatim = [.. order.Select(hole => _literals[hole].Length > 0 && _literals[hole + 1].Length > 0 && Quotes.Contains(_literals[hole][^1]) && _literals[hole + 1][0] == _literals[hole][^1])];
        MaySpeak = [.. order.Select(MaySpeakAt)];
        IsBracketed = [.. order.Select(hole => _literals[hole].Length > 0 && _literals[hole][^1] is '[' or '{' or '(')];
    }

    public string Source { get; }

    /// <summary>Text before the first hole of the translation, between its holes and behind the last one.</summary>
    public string[] TranslatedLiterals { get; }

    /// <summary>Which hole of the source stands in each hole of the translation.</summary>
    public int[] TranslatedHoles { get; }

    /// <summary>Letters that are no hole: the more, the surer a match.</summary>
    public int Weight { get; }

    /// <summary>Holes within quotes: names of somebody, never to be translated.</summary>
    public bool[] IsVerbatim { get; }

    /// <summary>Holes within brackets: shapes and lists of a program.</summary>
    public bool[] IsBracketed { get; }

    /// <summary>Holes that may hold whole sentences: behind a full stop or a colon, or attached to a word.</summary>
    public bool[] MaySpeak { get; }

    public int NumHoles => _literals.Length - 1;

    /// <summary>The first character of everything that matches; null if a hole comes first.</summary>
    public char? First => _literals[0].Length > 0 ? _literals[0][0] : null;

    public string LiteralAfter(int hole) => _literals[hole + 1];

    /// <returns>What stands in the holes; null if the text as a whole is not of this form.</returns>
    public string[]? Match(ReadOnlySpan<char> text)
    {
        if (!text.StartsWith(_literals[0])) return null;
        if (NumHoles == 0) return text.Length == _literals[0].Length ? [] : null;
        int at = _literals[0].Length, end = text.Length - _literals[^1].Length;
        if (end < at || !text.EndsWith(_literals[^1])) return null;
        var holes = new (int From, int To)[NumHoles];
        for (int i = 0; i < holes.Length; i++)
        {
            int length = i == holes.Length - 1 ? end - at : text[at..end].IndexOf(_literals[i + 1], StringComparison.Ordinal);
            if (length < 0) return null;
            holes[i] = (at, at + length);
            at += length + _literals[i + 1].Length;
        }

        var captured = new string[holes.Length];
        for (int i = 0; i < holes.Length; i++) captured[i] = text[holes[i].From..holes[i].To].ToString();
        return captured;
    }

    private bool MaySpeakAt(int hole)
    {
        string before = _literals[hole], after = _literals[hole + 1];
        if (before.Length == 0) return after.Length == 0 || after[0] != ' ' || after.Length > 1 && char.IsAsciiLetterUpper(after[1]);
        return before[^1] != ' ' || before.Length > 1 && before[^2] is '.' or ':' or '?' or '!';
    }

    private static (string[] Literals, int[] Holes) Split(string text)
    {
        List<string> literals = [];
        List<int> holes = [];
        int from = 0;
        for (int i = 0; i + 2 < text.Length; i++)
        {
            if (text[i] != '{' || !char.IsAsciiDigit(text[i + 1]) || text[i + 2] != '}') continue;
            literals.Add(text[from..i]);
            holes.Add(text[i + 1] - '0');
            from = i + 3;
            i += 2;
        }

        literals.Add(text[from..]);
        return ([.. literals], [.. holes]);
    }
}
