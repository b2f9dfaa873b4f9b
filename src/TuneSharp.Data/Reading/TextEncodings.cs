using System.Buffers;
using System.Text;
using TuneSharp.Formats;
using TuneSharp.Formats.Errors;

namespace TuneSharp.Data.Reading;

/// <summary>Opens a text file in one of the encodings in which datasets come, as a stream of UTF-8 without a byte order mark.</summary>
internal static class TextEncodings
{
    /// <summary>The setting that lets the bytes decide.</summary>
    public const string Auto = "auto";

    private const int SampleBytes = 1 << 20;

    /// <summary>
    /// A byte order mark decides; then UTF-16 shows in ASCII beginnings. Without either the text is UTF-8, as JSON must be;
    /// tables and plain texts, for which no such rule exists, may also turn out to be GB18030 (GBK).
    /// </summary>
    /// <param name="file">A stream at its start, seekable; it is closed with the result.</param>
    /// <param name="given">The setting <c>encoding</c>: "auto", or a name such as "gb18030".</param>
    /// <param name="guess">Whether a text that is not UTF-8 may be taken as GB18030.</param>
    /// <param name="name">What a person calls the encoding.</param>
    /// <exception cref="InvalidInputException">There is no such encoding.</exception>
    public static Stream OpenAsUtf8(FileStream file, string given, bool guess, out string name)
    {
        Span<byte> head = stackalloc byte[4];
        int length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        (Encoding? encoding, int mark, name) = Detect(head[..length]);
        if (given != Auto) (encoding, mark, name) = Named(given, mark, name);
        else if (mark == 0 && encoding is null && guess && LooksLikeGb18030(Sample(file))) (encoding, name) = (Gb18030(), "GB18030");
        file.Position = mark;
        return encoding is null ? file : Encoding.CreateTranscodingStream(file, encoding, new UTF8Encoding(false));
    }

    /// <summary>Checks the value of the setting.</summary>
    /// <exception cref="InvalidInputException">There is no such encoding.</exception>
    public static void Check(string given)
    {
        if (given != Auto) Named(given, 0, "");
    }

    /// <summary>
    /// Most sequences above ASCII lie in GB2312's rows of common characters, and none is impossible. European code pages,
    /// Big5 and Shift-JIS break the one or the other.
    /// </summary>
    public static bool LooksLikeGb18030(ReadOnlySpan<byte> sample)
    {
        if (System.Text.Unicode.Utf8.IsValid(sample) || IsUtf8CutAtItsEnd(sample)) return false;
        int common = 0, other = 0;
        for (int i = 0; i < sample.Length; i++)
        {
            byte lead = sample[i];
            if (lead < 0x80) continue;
            if (i + 1 == sample.Length) break;
            byte trail = sample[i + 1];
            if (lead is 0x80 or 0xFF) return false;
            if (trail is >= 0x40 and not 0x7F and not 0xFF)
            {
                if (lead is >= 0xA1 and <= 0xF7 && trail >= 0xA1) common++;
                else other++;
                i++;
            }
            else if (trail is >= 0x30 and <= 0x39)
            {
                if (i + 3 < sample.Length && !(sample[i + 2] is >= 0x81 and <= 0xFE && sample[i + 3] is >= 0x30 and <= 0x39)) return false;
                other++;
                i += 3;
            }
            else return false;
        }
        return common > 0 && common >= 3 * other;
    }

    private static bool IsUtf8CutAtItsEnd(ReadOnlySpan<byte> sample)
    {
        for (int cut = 1; cut <= 3 && cut < sample.Length; cut++)
            if (sample[^cut] >= 0xC0) return Rune.DecodeFromUtf8(sample[^cut..], out _, out _) == OperationStatus.NeedMoreData && System.Text.Unicode.Utf8.IsValid(sample[..^cut]);
        return false;
    }

    private static byte[] Sample(FileStream file)
    {
        file.Position = 0;
        byte[] sample = new byte[(int)Math.Min(file.Length, SampleBytes)];
        int read = file.ReadAtLeast(sample, sample.Length, throwOnEndOfStream: false);
        return sample[..read];
    }

    private static (Encoding? Encoding, int MarkBytes, string Name) Named(string given, int mark, string detected)
    {
        string plain = given.Trim().ToLowerInvariant();
        if (plain is "utf-8" or "utf8" or "utf-8-sig") return (null, mark == 3 ? 3 : 0, "UTF-8");
        if (plain is "gb18030" or "gbk" or "gb2312" or "cp936") return (Gb18030(), 0, "GB18030");
        if (mark is 2 or 4 && plain.StartsWith("utf", StringComparison.Ordinal)) return Detected(mark, detected);
        try
        {
            Encoding named = CodePagesEncodingProvider.Instance.GetEncoding(given, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
                ?? Encoding.GetEncoding(given, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
            return (named, 0, named.WebName);
        }
        catch (ArgumentException e)
        {
            throw new InvalidInputException($"There is no encoding {Quoted.Text(given)}.", "encoding", "Give auto, utf-8, utf-16, gb18030, big5, shift_jis, windows-1252 or another IANA name.", e);
        }
    }

    private static (Encoding? Encoding, int MarkBytes, string Name) Detected(int mark, string detected)
    {
        bool big = detected.Contains("big", StringComparison.Ordinal);
        return (mark == 4 ? new UTF32Encoding(big, false, true) : new UnicodeEncoding(big, false, true), mark, detected);
    }

    private static Encoding Gb18030() => CodePagesEncodingProvider.Instance.GetEncoding("gb18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;

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
