using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Splitting;

/// <summary>
/// The rule of Qwen2 and Llama 3 (cl100k): contractions in either case, words with one leading character that is not a line
/// end, numbers of at most one or three digits, symbols with the line ends behind them, white space.
/// </summary>
internal sealed class Qwen2Scanner : PieceScanner
{
    public static readonly Qwen2Scanner Qwen2 = new(1, @"\p{N}");
    public static readonly Qwen2Scanner Llama3 = new(3, @"\p{N}{1,3}");

    private readonly int _digits;

    private Qwen2Scanner(int digits, string number)
    {
        _digits = digits;
        Pattern = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|" + number + @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    }

    public override string Pattern { get; }

    public override void Split(ReadOnlySpan<byte> text, IntList ends)
    {
        for (int at = 0; at < text.Length;)
        {
            at = PieceEnd(text, at);
            ends.Add(at);
        }
    }

    private int PieceEnd(ReadOnlySpan<byte> text, int start)
    {
        if (text[start] == '\'' && Contractions.Length(text[(start + 1)..]) is > 0 and int length) return start + 1 + length;
        CodePointClass kind = CodePointClasses.Of(Utf8.Decode(text, start, out int first));
        int next = start + first;
        if (text[start] == ' ' && next < text.Length && (uint)((text[next] | 0x20) - 'a') < 26) return EndOfLetters(text, next + 1);
        if ((kind & CodePointClass.Letter) != 0) return EndOfLetters(text, next);
        if ((kind & CodePointClass.Number) != 0)
        {
            for (int digits = 1; digits < _digits && next < text.Length; digits++)
            {
                if ((CodePointClasses.Of(Utf8.Decode(text, next, out int more)) & CodePointClass.Number) == 0) break;
                next += more;
            }
            return next;
        }
        if ((kind & CodePointClass.LineEnd) == 0 && next < text.Length)
        {
            CodePointClass behind = CodePointClasses.Of(Utf8.Decode(text, next, out int second));
            if ((behind & CodePointClass.Letter) != 0) return EndOfLetters(text, next + second);
            if (text[start] == ' ' && (behind & NotSymbol) == 0) return EndOfSymbols(text, next + second);
        }
        return (kind & CodePointClass.WhiteSpace) != 0 ? WhiteSpaceRun.End(text, start, lineEndsFirst: true) : EndOfSymbols(text, next);
    }

    private const CodePointClass NotSymbol = CodePointClass.Letter | CodePointClass.Number | CodePointClass.WhiteSpace;

    private static int EndOfLetters(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length)
        {
            byte lead = text[at];
            if (lead < 0x80)
            {
                if ((uint)((lead | 0x20) - 'a') >= 26) break;
                at++;
                continue;
            }
            if ((CodePointClasses.Of(Utf8.Decode(text, at, out int length)) & CodePointClass.Letter) == 0) break;
            at += length;
        }
        return at;
    }

    private static int EndOfSymbols(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length)
        {
            if ((CodePointClasses.Of(Utf8.Decode(text, at, out int length)) & NotSymbol) != 0) break;
            at += length;
        }
        while (at < text.Length && text[at] is (byte)'\r' or (byte)'\n') at++;
        return at;
    }
}

/// <summary><c>(?i:'s|'t|'re|'ve|'m|'ll|'d)</c> behind the apostrophe. By simple case folding s is also ſ (U+017F).</summary>
internal static class Contractions
{
    /// <summary>Bytes of the contraction that starts at the front of <paramref name="after"/>; 0 when there is none.</summary>
    public static int Length(ReadOnlySpan<byte> after)
    {
        if (after.Length == 0) return 0;
        int second = after.Length > 1 ? after[1] | 0x20 : 0;
        switch (after[0] | 0x20)
        {
            case 's' or 't' or 'm' or 'd': return 1;
            case 'r' or 'v': return second == 'e' ? 2 : 0;
            case 'l': return second == 'l' ? 2 : 0;
            default: return after.Length > 1 && after[0] == 0xC5 && after[1] == 0xBF ? 2 : 0;
        }
    }
}
