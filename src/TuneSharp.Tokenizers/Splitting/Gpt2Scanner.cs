using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Splitting;

/// <summary>The rule of GPT-2, also ByteLevel's own (<c>use_regex</c>): contractions, words, numbers and symbols, each with one blank in front.</summary>
internal sealed class Gpt2Scanner : PieceScanner
{
    public static readonly Gpt2Scanner Instance = new();

    public override string Pattern => @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    public override void Split(ReadOnlySpan<byte> text, IntList ends)
    {
        for (int at = 0; at < text.Length;)
        {
            at = PieceEnd(text, at);
            ends.Add(at);
        }
    }

    private static int PieceEnd(ReadOnlySpan<byte> text, int start)
    {
        if (text[start] == '\'' && ContractionLength(text[(start + 1)..]) is > 0 and int length) return start + 1 + length;
        int body = text[start] == ' ' && start + 1 < text.Length ? start + 1 : start;
        CodePointClass kind = CodePointClasses.Of(Utf8.Decode(text, body, out int first)) & Kinds;
        if (kind == CodePointClass.WhiteSpace) return WhiteSpaceRun.End(text, start, lineEndsFirst: false);
        int end = body + first;
        if (kind == CodePointClass.Letter)
            while (end < text.Length && (uint)((text[end] | 0x20) - 'a') < 26) end++;
        while (end < text.Length && (CodePointClasses.Of(Utf8.Decode(text, end, out int next)) & Kinds) == kind) end += next;
        return end;
    }

    private const CodePointClass Kinds = CodePointClass.Letter | CodePointClass.Number | CodePointClass.WhiteSpace;

    private static int ContractionLength(ReadOnlySpan<byte> after)
    {
        if (after.Length == 0) return 0;
        switch (after[0])
        {
            case (byte)'s' or (byte)'t' or (byte)'m' or (byte)'d': return 1;
            case (byte)'r' or (byte)'v': return after.Length > 1 && after[1] == 'e' ? 2 : 0;
            case (byte)'l': return after.Length > 1 && after[1] == 'l' ? 2 : 0;
            default: return 0;
        }
    }
}
