using System.Globalization;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Normalization;

/// <summary>BertNormalizer: the cleaning of BERT's original tokenizer, with the reference's own tables and slips.</summary>
/// <param name="stripAccents">Null: as <paramref name="lowercase"/>.</param>
internal sealed class BertNormalizer(bool cleanText, bool handleChineseCharacters, bool? stripAccents, bool lowercase) : Normalizer
{
    private static readonly CodePointSet s_accents = UnicodeTables.GetSet("nonspacing8");
    private static readonly CodePointSet s_format = UnicodeTables.GetSet("format8");
    private static readonly NormalFormNormalizer s_decompose = new(compose: false, compatibility: false);
    private static readonly LowercaseNormalizer s_lowercase = new();

    public override AlignedText Apply(AlignedText text)
    {
        if (cleanText) text = Rewrite(text, Clean);
        if (handleChineseCharacters) text = Rewrite(text, Isolate);
        if (stripAccents ?? lowercase) text = Rewrite(s_decompose.Apply(text), DropAccent);
        return lowercase ? s_lowercase.Apply(text) : text;
    }

    private static AlignedText Rewrite(AlignedText text, Action<int, int, AlignedTextBuilder> rewrite)
    {
        var result = new AlignedTextBuilder(text, text.Length);
        for (int at = 0; at < text.Length;)
        {
            int codePoint = Utf8.Decode(text.Bytes, at, out int length);
            rewrite(codePoint, at, result);
            at += length;
        }
        return result.ToText();
    }

    private static void Clean(int codePoint, int at, AlignedTextBuilder result)
    {
        if (codePoint is '\t' or '\n' or '\r')
        {
            result.Append(' ', at);
            return;
        }
        UnicodeCategory category = UnicodeCategories.Of(codePoint);
        if (codePoint is 0 or 0xFFFD || category is UnicodeCategory.Control or UnicodeCategory.PrivateUse || s_format.Contains(codePoint)) return;
        bool blank = category is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
        result.Append(blank ? ' ' : codePoint, at);
    }

    private static void Isolate(int codePoint, int at, AlignedTextBuilder result)
    {
        bool chinese = IsChinese(codePoint);
        if (chinese) result.Append(' ', at);
        result.Append(codePoint, at);
        if (chinese) result.Append(' ', at);
    }

    private static void DropAccent(int codePoint, int at, AlignedTextBuilder result)
    {
        if (codePoint < 0x300 || !s_accents.Contains(codePoint)) result.Append(codePoint, at);
    }

    /// <summary>The gap 2B820–2B91F is the reference's slip.</summary>
    private static bool IsChinese(int c) => c is
        >= 0x3400 and <= 0x4DBF or >= 0x4E00 and <= 0x9FFF or >= 0xF900 and <= 0xFAFF or >= 0x20000 and <= 0x2A6DF or
        >= 0x2A700 and <= 0x2B81F or >= 0x2B920 and <= 0x2CEAF or >= 0x2F800 and <= 0x2FA1F;
}
