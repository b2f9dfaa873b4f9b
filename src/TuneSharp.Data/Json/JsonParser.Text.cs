using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace TuneSharp.Data.Json;

/// <summary>Quoted texts: escapes, surrogate pairs, bytes that are not UTF-8.</summary>
internal ref partial struct JsonParser
{
    // Returns null after a syntax fault. Damaged texts are noted once and replaced by U+FFFD, so that the structure stays readable.
    private string? ReadText()
    {
        int start = ++_at;
        int stop = _json[_at..].IndexOfAny(s_textEnd);
        if (stop >= 0 && _json[_at + stop] == '"')
        {
            _at += stop + 1;
            return Decode(_json.Slice(start, stop), start, _json.Slice(start, stop));
        }
        byte[] unescaped = ArrayPool<byte>.Shared.Rent(Math.Max(256, stop * 4));
        try
        {
            return ReadEscapedText(start, ref unescaped);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(unescaped);
        }
    }

    // The text's UTF-8 is put together in a buffer and decoded once.
    private string? ReadEscapedText(int start, ref byte[] unescaped)
    {
        int length = 0;
        while (true)
        {
            int stop = _json[_at..].IndexOfAny(s_textEnd);
            if (stop < 0)
            {
                FailAtEnd(inText: true);
                return null;
            }
            if (unescaped.Length < length + stop + 8)
            {
                byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(length + stop + 8, unescaped.Length * 2));
                unescaped.AsSpan(0, length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(unescaped);
                unescaped = larger;
            }
            _json.Slice(_at, stop).CopyTo(unescaped.AsSpan(length));
            length += stop;
            _at += stop;
            byte b = _json[_at];
            if (b == '"')
            {
                ReadOnlySpan<byte> raw = _json[start.._at++];
                return Decode(unescaped.AsSpan(0, length), start, raw);
            }
            if (b == '\\')
            {
                if (ReadEscape() is not { } rune) return null;
                length += rune.EncodeToUtf8(unescaped.AsSpan(length));
                continue;
            }
            bool isBreak = b is (byte)'\n' or (byte)'\r';
            string code = string.Create(CultureInfo.InvariantCulture, $"{b:X4}");
            Fail(_at, isBreak ? "A line break stands inside a text: the row is spread over two lines." : $"An unescaped control character (U+{code}) stands inside a text.",
                isBreak ? "Write it as \\n." : b == '\t' ? "Write it as \\t." : $"Write it as \\u{code}.", inText: true);
            return null;
        }
    }

    private Rune? ReadEscape()
    {
        int backslash = _at++;
        if (_at == _json.Length)
        {
            FailAtEnd(inText: true);
            return null;
        }
        byte b = _json[_at++];
        switch (b)
        {
            case (byte)'"' or (byte)'\\' or (byte)'/': return new Rune((char)b);
            case (byte)'n': return new Rune('\n');
            case (byte)'t': return new Rune('\t');
            case (byte)'r': return new Rune('\r');
            case (byte)'b': return new Rune('\b');
            case (byte)'f': return new Rune('\f');
            case (byte)'u': return ReadCodePoint(backslash);
            default:
                Fail(backslash, b is > 32 and < 127 ? $"\\{(char)b} is not an escape of JSON." : "A backslash is followed by no escape of JSON.", "Write a backslash itself as \\\\.", inText: true);
                return null;
        }
    }

    // Behind \u: one character, or both halves of a surrogate pair.
    private Rune? ReadCodePoint(int backslash)
    {
        if (ReadHex(backslash) is not { } unit) return null;
        if (!char.IsSurrogate(unit)) return new Rune(unit);
        if (char.IsHighSurrogate(unit) && _json[_at..].StartsWith("\\u"u8))
        {
            int second = _at;
            _at += 2;
            if (ReadHex(second) is not { } low) return null;
            if (char.IsLowSurrogate(low)) return new Rune(unit, low);
            _at = second;    // another character: it is read by itself
        }
        _reading.Fault ??= new JsonFault(backslash, ProblemKind.Encoding, "The text holds half of a surrogate pair (\\ud800 to \\udfff alone).", "Remove that character.", InText: true);
        return Rune.ReplacementChar;
    }

    private char? ReadHex(int backslash)
    {
        int value = 0;
        for (int i = 0; i < 4; i++)
        {
            if (_at == _json.Length)
            {
                FailAtEnd(inText: true);
                return null;
            }
            int digit = HexDigit(_json[_at++]);
            if (digit < 0)
            {
                Fail(backslash, "\\u must be followed by four hexadecimal digits.", inText: true);
                return null;
            }
            value = value * 16 + digit;
        }
        return (char)value;
    }

    /// <param name="text">The bytes of the text itself.</param>
    /// <param name="start">Offset of its first byte in the piece.</param>
    /// <param name="raw">The same as it stands in the piece, escapes not resolved: places are counted there.</param>
    private readonly string Decode(ReadOnlySpan<byte> text, int start, ReadOnlySpan<byte> raw)
    {
        if (_reading.Fault is null && !Utf8.IsValid(raw))
        {
            int bad = 0;
            while (Rune.DecodeFromUtf8(raw[bad..], out _, out int consumed) == OperationStatus.Done) bad += consumed;
            _reading.Fault = new JsonFault(start + bad, ProblemKind.Encoding, "The text holds bytes that are not UTF-8.", "Save the file as UTF-8, or name its encoding (encoding: gb18030).", InText: true);
        }
        return Encoding.UTF8.GetString(text);
    }

    private static int HexDigit(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
        _ => -1,
    };
}
