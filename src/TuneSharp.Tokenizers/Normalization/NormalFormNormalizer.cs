using System.Runtime.InteropServices;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Normalization;

/// <summary>NFC, NFD, NFKC, NFKD (Unicode Standard Annex 15) with the data of Unicode 9, as the reference has it.</summary>
internal sealed class NormalFormNormalizer(bool compose, bool compatibility) : Normalizer
{
    /// <summary>Below U+0300 nothing combines; everything is NFC, and ASCII is every form.</summary>
    public override bool LeavesUnchanged(ReadOnlySpan<byte> text)
    {
        if (!compose || compatibility) return System.Text.Ascii.IsValid(text);
        int at = 0;
        while (at < text.Length)
        {
            byte lead = text[at];
            if (lead < 0xCC)
            {
                at += lead < 0x80 ? 1 : 2;
                continue;
            }
            if (NormalFormData.MayChangeInNfc(Utf8.Decode(text, at, out int length))) return false;
            at += length;
        }
        return true;
    }

    public override AlignedText Apply(AlignedText text)
    {
        if (LeavesUnchanged(text.Bytes)) return text;
        List<CharacterChange> characters = Decompose(text.Bytes);
        if (compose) characters = Compose(characters);
        return text.Transform(CollectionsMarshal.AsSpan(characters), 0);
    }

    /// <summary>Full decomposition with combining marks in canonical order. The first part of a character stands for it, the others are inserted.</summary>
    private List<CharacterChange> Decompose(ReadOnlySpan<byte> text)
    {
        var result = new List<CharacterChange>(text.Length);
        int starter = 0; // first of the marks that still have to be ordered
        for (int at = 0; at < text.Length;)
        {
            int codePoint = Utf8.Decode(text, at, out int length);
            at += length;
            if (NormalFormData.IsHangulSyllable(codePoint))
            {
                int index = codePoint - NormalFormData.HangulBase;
                Append(NormalFormData.LeadBase + index / (NormalFormData.Vowels * NormalFormData.Tails), 0);
                Append(NormalFormData.VowelBase + index / NormalFormData.Tails % NormalFormData.Vowels, 1);
                if (index % NormalFormData.Tails is > 0 and int tail) Append(NormalFormData.TailBase + tail, 1);
            }
            else if (NormalFormData.Decompose(codePoint, compatibility) is { } parts)
            {
                for (int i = 0; i < parts.Length; i++) Append(parts[i], i == 0 ? 0 : 1);
            }
            else
            {
                Append(codePoint, 0);
            }
        }
        Order(result, starter);
        return result;

        void Append(int codePoint, int change)
        {
            if (NormalFormData.CombiningOrder(codePoint) == 0)
            {
                Order(result, starter);
                starter = result.Count + 1;
            }
            result.Add(new CharacterChange(codePoint, change));
        }
    }

    /// <summary>Stable sort of the marks from <paramref name="from"/> on. A run of n marks costs n log n.</summary>
    private static void Order(List<CharacterChange> characters, int from)
    {
        int count = characters.Count - from;
        if (count < 2) return;
        CharacterChange[] marks = [.. characters.Skip(from).OrderBy(mark => NormalFormData.CombiningOrder(mark.CodePoint))];
        for (int i = 0; i < count; i++) characters[from + i] = marks[i];
    }

    /// <summary>Joins each starter with the marks behind it that are not blocked. What was joined counts as consumed by the starter.</summary>
    private static List<CharacterChange> Compose(List<CharacterChange> characters)
    {
        var result = new List<CharacterChange>(characters.Count);
        int starter = -1;  // index in result of the character that may still grow
        int lastOrder = -1; // order of the last character that stayed behind the starter; −1: none
        foreach ((int codePoint, int change) in characters)
        {
            int order = NormalFormData.CombiningOrder(codePoint);
            if (starter >= 0 && lastOrder < order)
            {
                CharacterChange first = result[starter];
                if (NormalFormData.Compose(first.CodePoint, codePoint) is >= 0 and int composed)
                {
                    result[starter] = new CharacterChange(composed, first.Change + change - 1);
                    continue;
                }
            }
            if (order == 0)
            {
                starter = result.Count;
                lastOrder = -1;
            }
            else
            {
                lastOrder = order;
            }
            result.Add(new CharacterChange(codePoint, change));
        }
        return result;
    }
}
