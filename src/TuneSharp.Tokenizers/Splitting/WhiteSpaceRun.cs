using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Splitting;

/// <summary>The tail that the GPT-2 family of rules shares: <c>\s+(?!\S)|\s+</c>, with or without <c>\s*[\r\n]+</c> in front.</summary>
internal static class WhiteSpaceRun
{
    /// <summary>End of the piece that starts with white space at <paramref name="start"/>.</summary>
    /// <param name="lineEndsFirst">Whether a run that holds a line end goes up to its last line end.</param>
    public static int End(ReadOnlySpan<byte> text, int start, bool lineEndsFirst)
    {
        int end = start;
        int last = start;       // start of the last blank
        int afterLineEnd = -1;
        while (end < text.Length)
        {
            int codePoint = Utf8.Decode(text, end, out int length);
            CodePointClass c = CodePointClasses.Of(codePoint);
            if ((c & CodePointClass.WhiteSpace) == 0) break;
            last = end;
            end += length;
            if ((c & CodePointClass.LineEnd) != 0) afterLineEnd = end;
        }
        if (lineEndsFirst && afterLineEnd >= 0) return afterLineEnd;
        return end == text.Length || last == start ? end : last;
    }
}
