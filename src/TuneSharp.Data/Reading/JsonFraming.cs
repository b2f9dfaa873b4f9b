namespace TuneSharp.Data.Reading;

/// <summary>
/// Finds where a JSON value ends without understanding it: brackets are counted outside texts. Broken JSON is framed too far
/// or too short, and the parser then says why at the right place.
/// </summary>
internal struct JsonFraming
{
    private int _scanned;
    private int _depth;
    private bool _inText;
    private bool _escaped;
    private bool _begun;

    /// <summary>Looks at bytes that it has not seen yet. The span begins with the value and grows from call to call.</summary>
    /// <returns>Length of the value, or −1 when it goes on behind the span.</returns>
    public int FindEnd(ReadOnlySpan<byte> bytes)
    {
        for (; _scanned < bytes.Length; _scanned++)
        {
            byte b = bytes[_scanned];
            if (_inText)
            {
                if (_escaped) _escaped = false;
                else if (b == '\\') _escaped = true;
                else if (b == '"')
                {
                    _inText = false;
                    if (_depth == 0) return ++_scanned;
                }
                continue;
            }
            switch (b)
            {
                case (byte)'"':
                    _inText = true;
                    break;
                case (byte)'{' or (byte)'[':
                    _depth++;
                    break;
                case (byte)'}' or (byte)']':
                    if (_depth == 0) return _scanned;
                    if (--_depth == 0) return ++_scanned;
                    break;
                case (byte)',' when _depth == 0:
                    return _scanned;
                default:
                    if (_depth == 0 && _begun && Json.JsonParser.IsWhiteSpace(b)) return _scanned;
                    break;
            }
            _begun = true;
        }
        return -1;
    }
}
