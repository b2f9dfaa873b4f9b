using System.Buffers.Binary;
using TuneSharp.Formats;

namespace TuneSharp.Tokenizers.Normalization;

/// <summary>
/// SentencePiece's compiled table of replacements (precompiled_charsmap): a double array trie over UTF-8 (Aoe 1989; darts-clone's layout)
/// whose values are places in a block of texts, each ended by a zero.
/// </summary>
internal sealed class CharacterMap
{
    private readonly uint[] _units;
    private readonly byte[] _texts;

    private CharacterMap(uint[] units, byte[] texts)
    {
        _units = units;
        _texts = texts;
    }

    /// <summary>Four bytes with the trie's length in bytes, the trie, the texts.</summary>
    /// <param name="bytes">The table.</param>
    /// <param name="where">File and field.</param>
    /// <exception cref="InvalidInputException">The lengths cannot be.</exception>
    public static CharacterMap Parse(ReadOnlySpan<byte> bytes, string where)
    {
        if (bytes.Length < sizeof(uint)) throw Damaged("it has no length", where);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (length % sizeof(uint) != 0 || length == 0 || length > bytes.Length - sizeof(uint)) throw Damaged($"its trie of {length} bytes does not fit into {bytes.Length}", where);
        var units = new uint[length / sizeof(uint)];
        for (int i = 0; i < units.Length; i++) units[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(sizeof(uint) * (i + 1))..]);
        byte[] texts = bytes[(sizeof(uint) + (int)length)..].ToArray();
        return System.Text.Unicode.Utf8.IsValid(texts) ? new CharacterMap(units, texts) : throw Damaged("its texts are not valid UTF-8", where);
    }

    /// <summary>What stands for the shortest beginning of <paramref name="text"/> that is in the table.</summary>
    public bool TryFindShortest(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> replacement)
    {
        replacement = default;
        uint at = OffsetOf(_units[0]);
        foreach (byte b in text)
        {
            if (b == 0) return false;
            at ^= b;
            if (at >= _units.Length) return false;
            uint unit = _units[at];
            if ((unit & 0x8000_00FF) != b) return false;
            at ^= OffsetOf(unit);
            if ((unit & 0x100) == 0) continue; // no entry ends here
            return at < _units.Length && TryRead(_units[at] & 0x7FFF_FFFF, out replacement);
        }
        return false;
    }

    private bool TryRead(uint start, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (start > _texts.Length) return false;
        ReadOnlySpan<byte> rest = _texts.AsSpan((int)start);
        int end = rest.IndexOf((byte)0);
        text = end < 0 ? rest : rest[..end];
        return true;
    }

    /// <summary>darts-clone: bit 9 says that the offset counts in steps of 256.</summary>
    private static uint OffsetOf(uint unit) => unit >> 10 << (int)((unit & 0x200) >> 6);

    private static InvalidInputException Damaged(string problem, string where) => new($"The table of replacements is damaged: {problem}.", where, "Get the file again.");
}
