namespace TuneSharp.Tokenizers.Text;

/// <summary>
/// The 256 printable characters that stand for the bytes in byte-level vocabularies (GPT-2): printable Latin-1 bytes
/// stand for themselves, the other 68 are numbered from U+0100 on, so the blank is Ġ and the line feed Ċ.
/// </summary>
internal static class ByteLevelAlphabet
{
    /// <summary>Byte → character.</summary>
    public static readonly char[] Characters = CreateCharacters();

    private static readonly short[] s_bytes = CreateBytes(); // character → byte, −1 for others

    /// <summary>The bytes that a token's spelling stands for; null when it holds any other character.</summary>
    public static byte[]? ToBytes(string token)
    {
        byte[] bytes = new byte[token.Length];
        for (int i = 0; i < token.Length; i++)
        {
            int value = token[i] < s_bytes.Length ? s_bytes[token[i]] : -1;
            if (value < 0) return null;
            bytes[i] = (byte)value;
        }
        return bytes;
    }

    public static string ToText(ReadOnlySpan<byte> bytes)
    {
        char[] characters = new char[bytes.Length];
        for (int i = 0; i < bytes.Length; i++) characters[i] = Characters[bytes[i]];
        return new string(characters);
    }

    private static short[] CreateBytes()
    {
        short[] bytes = new short[Characters.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (int b = 0; b < 256; b++) bytes[Characters[b]] = (short)b;
        return bytes;
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
