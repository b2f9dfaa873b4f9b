using System.Collections.Frozen;

namespace TuneSharp.Tokenizers.Text;

/// <summary>
/// The 256 printable characters that stand for the bytes in byte-level vocabularies (GPT-2): printable Latin-1 bytes
/// stand for themselves, the other 68 are numbered from U+0100 on, so the blank is Ġ and the line feed Ċ.
/// </summary>
internal static class ByteLevelAlphabet
{
    /// <summary>Byte → character.</summary>
    public static readonly char[] Characters = CreateCharacters();

    private static readonly FrozenDictionary<char, byte> s_bytes =
        Enumerable.Range(0, 256).ToFrozenDictionary(b => Characters[b], b => (byte)b);

    public static bool TryGetByte(char character, out byte value) => s_bytes.TryGetValue(character, out value);

    /// <summary>The bytes that a token's spelling stands for; null when it holds any other character.</summary>
    public static byte[]? ToBytes(string token)
    {
        byte[] bytes = new byte[token.Length];
        for (int i = 0; i < token.Length; i++)
            if (!s_bytes.TryGetValue(token[i], out bytes[i])) return null;
        return bytes;
    }

    public static string ToText(ReadOnlySpan<byte> bytes)
    {
        char[] characters = new char[bytes.Length];
        for (int i = 0; i < bytes.Length; i++) characters[i] = Characters[bytes[i]];
        return new string(characters);
    }

    private static char[] CreateCharacters()
    {
        char[] characters = new char[256];
        int next = 0x100;
        for (int b = 0; b < 256; b++)
        {
            bool printable = b is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE and <= 0xFF;
            characters[b] = printable ? (char)b : (char)next++;
        }
        return characters;
    }
}
