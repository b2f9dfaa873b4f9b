using System.Text;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;

/// <summary>HTML escapes as markupsafe writes them.</summary>
internal static class HtmlText
{
    /// <summary>The printed value with <c>&amp; &lt; &gt; ' "</c> escaped; what is marked as safe stays as it is.</summary>
    public static string Escaped(Value value, RenderContext context)
    {
        string text = context.Print(value);
        context.Budget.Scan(text.Length);
        if (value is TextValue { IsMarkup: true } || text.AsSpan().IndexOfAny("&<>'\"") < 0) return text;
        var output = new TextOutput(context.Budget);
        foreach (char c in text)
            switch (c)
            {
                case '&': output.Write("&amp;"); break;
                case '<': output.Write("&lt;"); break;
                case '>': output.Write("&gt;"); break;
                case '\'': output.Write("&#39;"); break;
                case '"': output.Write("&#34;"); break;
                default: output.Write(c); break;
            }
        return output.ToString();
    }

    /// <summary>Python's ascii(): what is not ASCII becomes an escape.</summary>
    public static string AsciiOnly(string text)
    {
        var result = new StringBuilder();
        for (int i = 0; i < text.Length; i += CodePoints.WidthAt(text, i))
        {
            int codePoint = CodePoints.At(text, i);
            if (codePoint < 128) result.Append((char)codePoint);
            else result.Append(codePoint > 0xFFFF ? $"\\U{codePoint:x8}" : codePoint > 0xFF ? $"\\u{codePoint:x4}" : $"\\x{codePoint:x2}");
        }
        return result.ToString();
    }

    /// <summary>Drops comments and tags, joins blanks, resolves entities.</summary>
    public static string StripTags(string text, RenderContext context)
    {
        text = Drop(Drop(text, "<!--", "-->", context), "<", ">", context);
        context.Budget.Inspect(text.Length);
        return Unescape(string.Join(' ', CharacterClasses.SplitWords(text)));
    }

    private static string Drop(string text, string open, string close, RenderContext context)
    {
        context.Budget.Text(text.Length);
        var rest = new StringBuilder();
        int position = 0;
        while (true)
        {
            int start = text.IndexOf(open, position, StringComparison.Ordinal);
            int end = start < 0 ? -1 : text.IndexOf(close, start + open.Length, StringComparison.Ordinal);
            if (end < 0) return rest.Append(text, position, text.Length - position).ToString();
            rest.Append(text, position, start - position);
            position = end + close.Length;
        }
    }

    private static string Unescape(string text) => System.Net.WebUtility.HtmlDecode(text);
}
