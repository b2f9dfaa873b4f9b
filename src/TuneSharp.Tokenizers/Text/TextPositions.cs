namespace TuneSharp.Tokenizers.Text;

/// <summary>The positions of one text in bytes, code points and UTF-16 units. Pure ASCII needs no table.</summary>
internal sealed class TextPositions
{
    private readonly int[]? _codePointOfByte;
    private readonly int[]? _byteOfCodePoint;
    private readonly int[]? _utf16OfCodePoint;

    public TextPositions(ReadOnlySpan<byte> utf8)
    {
        if (System.Text.Ascii.IsValid(utf8)) return;
        int characters = Utf8.CountCharacters(utf8);
        _codePointOfByte = new int[utf8.Length + 1];
        _byteOfCodePoint = new int[characters + 1];
        _utf16OfCodePoint = new int[characters + 1];
        int codePoint = -1;
        int utf16 = 0;
        for (int at = 0; at < utf8.Length; at++)
        {
            if (!Utf8.IsContinuation(utf8[at]))
            {
                codePoint++;
                _byteOfCodePoint[codePoint] = at;
                _utf16OfCodePoint[codePoint] = utf16;
                utf16 += utf8[at] >= 0xF0 ? 2 : 1;
            }
            _codePointOfByte[at] = codePoint;
        }
        _codePointOfByte[utf8.Length] = characters;
        _byteOfCodePoint[characters] = utf8.Length;
        _utf16OfCodePoint[characters] = utf16;
    }

    /// <summary>Number of the character that starts at a byte (or holds it).</summary>
    public int CodePoint(int at) => _codePointOfByte is null ? at : _codePointOfByte[at];

    public int ByteOf(int codePoint) => _byteOfCodePoint is null ? codePoint : _byteOfCodePoint[codePoint];

    public int Utf16Of(int codePoint) => _utf16OfCodePoint is null ? codePoint : _utf16OfCodePoint[codePoint];
}
