using System.Runtime.InteropServices;

namespace TuneSharp.Data.Reading.Tables;

/// <summary>
/// Finds the end of one record of a CSV or TSV file (RFC 4180: quoted fields may hold delimiters, doubled quotes and line
/// breaks), resumable when more bytes arrive.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct RecordFraming(byte delimiter)
{
    private int _scanned;
    private int _quoteAt = -1;
    private bool _inQuotes;
    private bool _atFieldStart = true;

    /// <summary>Offset of the quote that is still open; null outside of quotes.</summary>
    public readonly int? OpenQuote => _inQuotes ? _quoteAt : null;

    /// <returns>Length of the record without its line break; -1 if the bytes end before it does.</returns>
    public int FindEnd(ReadOnlySpan<byte> bytes)
    {
        for (; _scanned < bytes.Length; _scanned++)
        {
            byte b = bytes[_scanned];
            if (_inQuotes)
            {
                if (b == '"') _inQuotes = false;    // a doubled quote opens it again with the next byte
                continue;
            }
            if (b == '\n') return _scanned;
            if (b == '"' && (_atFieldStart || _quoteAt >= 0 && bytes[_scanned - 1] == '"'))
            {
                _inQuotes = true;
                if (_atFieldStart) _quoteAt = _scanned;
                _atFieldStart = false;
                continue;
            }
            _atFieldStart = b == delimiter;
            if (_atFieldStart) _quoteAt = -1;
        }
        return -1;
    }
}
