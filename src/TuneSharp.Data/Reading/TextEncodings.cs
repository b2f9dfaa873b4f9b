using System.Text;

namespace TuneSharp.Data.Reading;

/// <summary>Opens a text file in one of the encodings in which datasets come, as a stream of UTF-8 without a byte order mark.</summary>
internal static class TextEncodings
{
    /// <summary>UTF-8 with or without a byte order mark, UTF-16 and UTF-32 with one; UTF-16 without one if it begins with ASCII.</summary>
    /// <param name="file">A stream at its start, seekable; it is closed with the result.</param>
    /// <param name="name">What a person calls the encoding.</param>
    public static Stream OpenAsUtf8(FileStream file, out string name)
    {
        Span<byte> head = stackalloc byte[4];
        int length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        head = head[..length];
        (Encoding? encoding, int mark, name) = Detect(head);
        file.Position = mark;
        return encoding is null ? file : Encoding.CreateTranscodingStream(file, encoding, new UTF8Encoding(false));
    }

    private static (Encoding? Encoding, int MarkBytes, string Name) Detect(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) return (null, 3, "UTF-8 with byte order mark");
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE, 0, 0])) return (new UTF32Encoding(false, false, true), 4, "UTF-32 (little endian)");
        if (head.StartsWith((ReadOnlySpan<byte>)[0, 0, 0xFE, 0xFF])) return (new UTF32Encoding(true, false, true), 4, "UTF-32 (big endian)");
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])) return (new UnicodeEncoding(false, false, true), 2, "UTF-16 (little endian)");
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])) return (new UnicodeEncoding(true, false, true), 2, "UTF-16 (big endian)");
        if (head.Length >= 2 && head[0] != 0 && head[1] == 0) return (new UnicodeEncoding(false, false, true), 0, "UTF-16 (little endian) without byte order mark");
        if (head.Length >= 2 && head[0] == 0 && head[1] != 0) return (new UnicodeEncoding(true, false, true), 0, "UTF-16 (big endian) without byte order mark");
        return (null, 0, "UTF-8");
    }
}
