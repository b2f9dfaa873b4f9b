using TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;

/// <summary>Python's repr() of a str: single quotes unless only those occur inside, escapes for what cannot be printed.</summary>
internal static class TextRepr
{
    public static void Write(string text, TextOutput writer, bool asciiOnly = false)
    {
        writer.Budget.Inspect(text.Length);
        char quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        writer.Write(quote);
        int plainFrom = 0;
        for (int i = 0; i < text.Length;)
        {
            int width = CodePoints.WidthAt(text, i);
            int codePoint = CodePoints.At(text, i);
            string? escape = Escape(codePoint, quote, asciiOnly);
            if (escape is not null)
            {
                writer.Write(text.AsSpan(plainFrom, i - plainFrom));
                writer.Write(escape);
                plainFrom = i + width;
            }
            i += width;
        }
        writer.Write(text.AsSpan(plainFrom));
        writer.Write(quote);
    }

    private static string? Escape(int codePoint, char quote, bool asciiOnly)
    {
        if (codePoint == quote || codePoint == '\\') return "\\" + (char)codePoint;
        if (codePoint is >= 32 and < 127) return null;
        return codePoint switch
        {
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            > 0xFFFF when asciiOnly || !CharacterClasses.IsPrintable(codePoint) => $"\\U{codePoint:x8}",
            > 0xFF when asciiOnly || !CharacterClasses.IsPrintable(codePoint) => $"\\u{codePoint:x4}",
            _ when codePoint <= 0xFF && (asciiOnly || !CharacterClasses.IsPrintable(codePoint)) => $"\\x{codePoint:x2}",
            _ => null,
        };
    }
}
