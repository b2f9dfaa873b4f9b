using System.Text;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Models.Bpe;

/// <summary>
/// Where a text without a pre-tokenizer (SentencePiece style) may be cut before merging: between two characters that no token
/// holds side by side no merge can ever happen, so the parts merge alone exactly as they do together. Computed from the
/// vocabulary, never assumed.
/// </summary>
internal sealed class ExactCuts
{
    private const int Sign = 0x2581;     // ▁
    private const int Small = 129;       // ASCII and the sign have a bit map

    private readonly bool[] _joined = new bool[Small * Small];
    private readonly HashSet<ulong> _others = [];

    private ExactCuts(IEnumerable<string> tokens)
    {
        foreach (string token in tokens)
        {
            int before = -1;
            foreach (Rune rune in token.EnumerateRunes())
            {
                if (before >= 0) Add(before, rune.Value);
                before = rune.Value;
            }
        }
    }

    /// <summary>
    /// The cuts for a definition; null where they would not be exact: symbols that are not the text's own characters take part
    /// in merges or join with their neighbours (unknown tokens), whole pieces count, or affixes depend on the place in a word.
    /// </summary>
    public static ExactCuts? For(BpeDefinition definition)
    {
        if (definition.IgnoreMerges || definition.ContinuingSubwordPrefix.Length + definition.EndOfWordSuffix.Length > 0) return null;
        var foreign = new HashSet<string>(StringComparer.Ordinal);
        for (int b = 0; b < 256; b++) foreign.Add($"<0x{b:X2}>");
        bool coversAll = definition.ByteFallback && foreign.All(definition.Vocabulary.ContainsKey);
        if (!coversAll && definition.UnknownToken is not null) return null;
        if (definition.UnknownToken is { } unknown) foreign.Add(unknown);
        foreach ((string left, string right) in definition.Merges)
            if (foreign.Contains(left) || foreign.Contains(right)) return null;
        return new ExactCuts(definition.Vocabulary.Keys);
    }

    /// <summary>The cuts where every symbol that takes part in a merge is a token's own text.</summary>
    public static ExactCuts Between(IEnumerable<string> tokens) => new(tokens);

    /// <summary>End of the part that starts at <paramref name="start"/>.</summary>
    public int PartEnd(ReadOnlySpan<byte> text, int start)
    {
        int before = Utf8.Decode(text, start, out int length);
        int at = start + length;
        while (at < text.Length)
        {
            int codePoint = Utf8.Decode(text, at, out length);
            if (!AreJoined(before, codePoint)) break;
            at += length;
            before = codePoint;
        }
        return at;
    }

    private bool AreJoined(int first, int second)
    {
        int f = IndexOf(first);
        int s = IndexOf(second);
        return f >= 0 && s >= 0 ? _joined[f * Small + s] : _others.Contains(((ulong)first << 32) | (uint)second);
    }

    private void Add(int first, int second)
    {
        int f = IndexOf(first);
        int s = IndexOf(second);
        if (f >= 0 && s >= 0) _joined[f * Small + s] = true;
        else _others.Add(((ulong)first << 32) | (uint)second);
    }

    private static int IndexOf(int codePoint) => codePoint < 128 ? codePoint : codePoint == Sign ? 128 : -1;
}
