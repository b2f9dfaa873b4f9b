using System.Globalization;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Normalization;

/// <summary>
/// Precompiled: SentencePiece's table as the Rust library applies it, cluster by cluster (UAX 29). A cluster of less than six bytes is replaced
/// as a whole by what stands for its shortest beginning in the table; any other goes character by character.
/// </summary>
internal sealed class PrecompiledNormalizer(CharacterMap map) : Normalizer
{
    private const int LongestWhole = 5;

    public override AlignedText Apply(AlignedText text)
    {
        string clusters = System.Text.Encoding.UTF8.GetString(text.Bytes);
        var characters = new List<CharacterChange>(clusters.Length);
        bool changed = false;
        int at = 0;
        for (int start = 0; start < clusters.Length;)
        {
            int length = StringInfo.GetNextTextElementLength(clusters, start);
            int end = at + System.Text.Encoding.UTF8.GetByteCount(clusters.AsSpan(start, length));
            start += length;
            if (end - at > LongestWhole || !TryReplace(text.Bytes[at..end], characters, ref changed))
            {
                for (int next; at < end; at = next)
                {
                    int codePoint = Utf8.Decode(text.Bytes, at, out int bytes);
                    next = at + bytes;
                    if (!TryReplace(text.Bytes[at..next], characters, ref changed)) characters.Add(new CharacterChange(codePoint, 0));
                }
            }
            at = end;
        }
        return changed ? text.Transform(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(characters), skip: 0) : text;
    }

    private bool TryReplace(ReadOnlySpan<byte> part, List<CharacterChange> characters, ref bool changed)
    {
        if (!map.TryFindShortest(part, out ReadOnlySpan<byte> replacement)) return false;
        changed = true;
        int consumed = Count(part), written = Count(replacement);
        for (int at = 0, i = 0; at < replacement.Length; i++)
        {
            int codePoint = Utf8.Decode(replacement, at, out int length);
            at += length;
            characters.Add(new CharacterChange(codePoint, i >= consumed ? 1 : 0));
        }
        // Characters that nothing stands for hang on the one before, also where that belongs to another cluster.
        if (written < consumed && characters.Count > 0) characters[^1] = characters[^1] with { Change = characters[^1].Change + written - consumed };
        return true;
    }

    private static int Count(ReadOnlySpan<byte> text)
    {
        int count = 0;
        for (int at = 0; at < text.Length; at += Utf8.LengthOf(text[at])) count++;
        return count;
    }
}
