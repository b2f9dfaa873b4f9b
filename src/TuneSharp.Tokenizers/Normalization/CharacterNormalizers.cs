using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Normalization;

/// <summary>Rewrites character by character: the base of the simple components.</summary>
internal abstract class CharacterNormalizer : Normalizer
{
    public override AlignedText Apply(AlignedText text)
    {
        ReadOnlySpan<byte> bytes = text.Bytes;
        var result = new AlignedTextBuilder(text, text.Length);
        for (int at = 0; at < bytes.Length;)
        {
            int codePoint = Utf8.Decode(bytes, at, out int length);
            Rewrite(codePoint, at, result);
            at += length;
        }
        return result.ToText();
    }

    /// <summary>Appends what the character at byte <paramref name="at"/> becomes; nothing to drop it.</summary>
    protected abstract void Rewrite(int codePoint, int at, AlignedTextBuilder result);
}

/// <summary>Full lower-case mapping of single characters (İ → i and U+0307; no rule for the final sigma).</summary>
internal sealed class LowercaseNormalizer : CharacterNormalizer
{
    private static readonly Dictionary<int, int[]> s_lower = UnicodeTables.GetMap("lowercase");

    protected override void Rewrite(int codePoint, int at, AlignedTextBuilder result)
    {
        if (codePoint < 0x80)
        {
            result.Append(codePoint is >= 'A' and <= 'Z' ? codePoint + 32 : codePoint, at);
            return;
        }
        if (s_lower.TryGetValue(codePoint, out int[]? lower))
            foreach (int part in lower) result.Append(part, at);
        else
            result.Append(codePoint, at);
    }
}

/// <summary>Drops all marks (Unicode 9).</summary>
internal sealed class StripAccentsNormalizer : CharacterNormalizer
{
    private static readonly CodePointSet s_marks = UnicodeTables.GetSet("marks9");

    protected override void Rewrite(int codePoint, int at, AlignedTextBuilder result)
    {
        if (codePoint < 0x300 || !s_marks.Contains(codePoint)) result.Append(codePoint, at);
    }
}

/// <summary>Nmt: drops controls and turns everything blank-like into a blank (sentencepiece's rule nmt).</summary>
internal sealed class NmtNormalizer : CharacterNormalizer
{
    protected override void Rewrite(int codePoint, int at, AlignedTextBuilder result)
    {
        switch (codePoint)
        {
            case >= 0x01 and <= 0x08 or 0x0B or >= 0x0E and <= 0x1F or 0x7F or 0x8F or 0x9F:
                return;
            case 0x09 or 0x0A or 0x0C or 0x0D or 0x1680 or >= 0x200B and <= 0x200F or 0x2028 or 0x2029 or 0x2581 or 0xFEFF or 0xFFFD:
                result.Append(' ', at);
                return;
            default:
                result.Append(codePoint, at);
                return;
        }
    }
}

/// <summary>Strip: takes white space off the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    public override AlignedText Apply(AlignedText text)
    {
        ReadOnlySpan<byte> bytes = text.Bytes;
        int start = 0;
        int end = bytes.Length;
        while (left && start < end && CodePointClasses.IsWhiteSpace(Utf8.Decode(bytes, start, out int length))) start += length;
        while (right && end > start && CodePointClasses.IsWhiteSpace(Utf8.Decode(bytes, Utf8.PreviousStart(bytes, end), out _)))
            end = Utf8.PreviousStart(bytes, end);
        return text.Slice(start, end - start);
    }
}

/// <summary>Prepend: puts a text in front of any text that is not empty. It shares the place of the first character.</summary>
internal sealed class PrependNormalizer(string prefix) : Normalizer
{
    private readonly byte[] _prefix = System.Text.Encoding.UTF8.GetBytes(prefix);

    public override AlignedText Apply(AlignedText text)
    {
        if (text.Length == 0) return text;
        var result = new AlignedTextBuilder(text, text.Length + _prefix.Length);
        result.Append(_prefix, 0);
        result.Keep(0, text.Length);
        return result.ToText();
    }
}

/// <summary>ByteLevel: spells every byte as one character.</summary>
internal sealed class ByteLevelNormalizer : Normalizer
{
    public override AlignedText Apply(AlignedText text) => Splitting.ByteLevelPreTokenizer.Spell(text);
}
