namespace TuneSharp.Tokenizers.Text;

/// <summary>Steps through text that is known to be well-formed UTF-8.</summary>
internal static class Utf8
{
    /// <summary>Number of bytes of the character whose first byte is <paramref name="lead"/>.</summary>
    public static int LengthOf(byte lead) => lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

    public static int LengthOf(int codePoint) => codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;

    /// <summary>The character that starts at <paramref name="at"/> and its length in bytes.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    public static int Decode(ReadOnlySpan<byte> text, int at, out int length)
    {
        int b0 = text[at];
        if (b0 < 0x80)
        {
            length = 1;
            return b0;
        }
        if (b0 < 0xE0)
        {
            length = 2;
            return ((b0 & 0x1F) << 6) | (text[at + 1] & 0x3F);
        }
        if (b0 < 0xF0)
        {
            length = 3;
            return ((b0 & 0x0F) << 12) | ((text[at + 1] & 0x3F) << 6) | (text[at + 2] & 0x3F);
        }
        length = 4;
        return ((b0 & 0x07) << 18) | ((text[at + 1] & 0x3F) << 12) | ((text[at + 2] & 0x3F) << 6) | (text[at + 3] & 0x3F);
    }

    /// <summary>Writes a character and returns its length in bytes.</summary>
    public static int Encode(int codePoint, Span<byte> destination)
    {
        if (codePoint < 0x80)
        {
            destination[0] = (byte)codePoint;
            return 1;
        }
        if (codePoint < 0x800)
        {
            destination[0] = (byte)(0xC0 | (codePoint >> 6));
            destination[1] = (byte)(0x80 | (codePoint & 0x3F));
            return 2;
        }
        if (codePoint < 0x10000)
        {
            destination[0] = (byte)(0xE0 | (codePoint >> 12));
            destination[1] = (byte)(0x80 | ((codePoint >> 6) & 0x3F));
            destination[2] = (byte)(0x80 | (codePoint & 0x3F));
            return 3;
        }
        destination[0] = (byte)(0xF0 | (codePoint >> 18));
        destination[1] = (byte)(0x80 | ((codePoint >> 12) & 0x3F));
        destination[2] = (byte)(0x80 | ((codePoint >> 6) & 0x3F));
        destination[3] = (byte)(0x80 | (codePoint & 0x3F));
        return 4;
    }

    public static bool IsContinuation(byte b) => (b & 0xC0) == 0x80;

    /// <summary>Start of the character that holds the byte at <paramref name="at"/>.</summary>
    public static int CharacterStart(ReadOnlySpan<byte> text, int at)
    {
        while (at > 0 && IsContinuation(text[at])) at--;
        return at;
    }

    /// <summary>Start of the character that ends at <paramref name="end"/>.</summary>
    public static int PreviousStart(ReadOnlySpan<byte> text, int end) => CharacterStart(text, end - 1);

    public static int CountCharacters(ReadOnlySpan<byte> text)
    {
        int count = 0;
        foreach (byte b in text)
            if (!IsContinuation(b)) count++;
        return count;
    }
}
