using System.Text;

namespace TuneSharp.Tokenizers.Tests;

/// <summary>Random strings that hold what splitting and merging trip over: all classes, astral ones, runs, contractions, line ends, marks.</summary>
internal static class RandomText
{
    private static readonly string[] s_parts =
    [
        "a", "b", "ab", "the", "S", "T", "s", "t", "re", "ve", "ll", "LL", "M", "d", "ſ", "K", "é", "e\u0301", "ß", "ж", "中", "文字", "あ", "カ", "한", "각", "𠮷", "𝐇", "𝟙", "𐌰",
        "1", "23", "456", "½", "²", "Ⅳ", "٣", "९", "'", "'s", "'S", "'ſ", "’", "!", "?", ".", ",", "--", "(", ")", "{", "\"", "$", "+", "^", "_", "`", "~", "|", "<", "#", "/",
        "。", "，", "、", "👍🏽", "🙂", "❤️", "€", "\u0301", "\u0300", "\u0323", "\u0483", " ", "  ", "   ", "\t", "\n", "\r", "\r\n", "\n\n", "\u00A0", "\u3000", "\u2028", "\u0085", "\u200B", "\uFEFF",
        "\u001C", "\0", "\u007F", "\uFFFD", "\u1100\u1161", "\u11A8", "ﬁ", "Ǆ", "\U0001F170", "Ⓐ", "\U000E0067", "\uE000", "<|im_end|>", "<0x41>", "▁", "Ġ",
    ];

    public static string Next(Random random, int longest = 40)
    {
        var text = new StringBuilder();
        int count = random.Next(longest);
        for (int i = 0; i < count; i++)
        {
            int kind = random.Next(20);
            if (kind == 0) text.Append(AnyRune(random).ToString());
            else if (kind == 1) text.Insert(text.Length, s_parts[random.Next(s_parts.Length)], random.Next(1, 6));
            else text.Append(s_parts[random.Next(s_parts.Length)]);
        }
        return text.ToString();
    }

    public static Rune AnyRune(Random random)
    {
        while (true)
            if (Rune.TryCreate(random.Next(random.Next(4) == 0 ? 0x110000 : 0x3100), out Rune rune)) return rune;
    }
}
