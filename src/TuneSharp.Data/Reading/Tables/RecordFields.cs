using System.Text;
using System.Text.Unicode;

namespace TuneSharp.Data.Reading.Tables;

/// <summary>A field of a record: where its text begins, and the text with quotes taken off.</summary>
internal readonly record struct RecordField(int Start, string Text);

/// <summary>Cuts a record into its fields.</summary>
internal static class RecordFields
{
    /// <param name="record">One record without its line break.</param>
    /// <param name="delimiter">The byte between fields.</param>
    /// <param name="strayQuote">
    /// Where a quoted field begins whose closing quote is followed by more text: its own closing quote is missing, and the one
    /// that was found was meant to open another field.
    /// </param>
    public static List<RecordField> Cut(ReadOnlySpan<byte> record, byte delimiter, out int? strayQuote)
    {
        strayQuote = null;
        if (record.EndsWith("\r"u8)) record = record[..^1];
        var fields = new List<RecordField>();
        int at = 0;
        while (true)
        {
            bool quoted = record[at..].StartsWith("\""u8), stray = false;
            (int end, string text) = quoted ? Quoted(record, at, delimiter, out stray) : Plain(record, at, delimiter);
            if (stray) strayQuote ??= at;
            fields.Add(new RecordField(at, text));
            if (end >= record.Length) return fields;
            at = end + 1;
        }
    }

    /// <summary>Offset of the first byte that is not UTF-8; null if all are.</summary>
    public static int? FirstBadByte(ReadOnlySpan<byte> record)
    {
        if (Utf8.IsValid(record)) return null;
        int bad = 0;
        while (Rune.DecodeFromUtf8(record[bad..], out _, out int consumed) == System.Buffers.OperationStatus.Done) bad += consumed;
        return bad;
    }

    private static (int End, string Text) Plain(ReadOnlySpan<byte> record, int at, byte delimiter)
    {
        int length = record[at..].IndexOf(delimiter);
        int end = length < 0 ? record.Length : at + length;
        return (end, Encoding.UTF8.GetString(record[at..end]));
    }

    private static (int End, string Text) Quoted(ReadOnlySpan<byte> record, int at, byte delimiter, out bool stray)
    {
        stray = false;
        var text = new StringBuilder();
        int from = at + 1;
        while (true)
        {
            int length = record[from..].IndexOf((byte)'"');
            if (length < 0)
            {
                text.Append(Encoding.UTF8.GetString(record[from..]));
                return (record.Length, text.ToString());
            }
            text.Append(Encoding.UTF8.GetString(record.Slice(from, length)));
            from += length + 1;
            if (from < record.Length && record[from] == '"')
            {
                text.Append('"');
                from++;
                continue;
            }
            (int end, string rest) = Plain(record, from, delimiter);
            stray = !string.IsNullOrWhiteSpace(rest);
            return (end, text.Append(rest).ToString());
        }
    }
}
