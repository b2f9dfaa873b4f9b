using System.Buffers;
using System.Globalization;
using System.Text;

namespace TuneSharp.Data.Json;

/// <summary>
/// Strict JSON (RFC 8259) that says exactly where and why a text is none, in a person's words. It knows the usual ways in which
/// hand-made datasets go wrong: Python dictionaries, NaN, comments, trailing commas, raw control characters, cut files.
/// </summary>
/// <remarks>Nesting is limited to <see cref="MaxDepth"/>; the piece is as long as its caller allows.</remarks>
internal ref partial struct JsonParser
{
    public const int MaxDepth = 64;

    private static readonly SearchValues<byte> s_textEnd = SearchValues.Create([.. Enumerable.Range(0, 32).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    private readonly ReadOnlySpan<byte> _json;
    private readonly JsonReading _reading;
    private int _at;

    private JsonParser(ReadOnlySpan<byte> json, JsonReading reading)
    {
        _json = json;
        _reading = reading;
    }

    /// <summary>Reads the first value of the piece. What may follow it is the caller's business.</summary>
    public static JsonReading Parse(ReadOnlySpan<byte> json)
    {
        var reading = new JsonReading();
        var parser = new JsonParser(json, reading);
        parser.SkipWhiteSpace();
        reading.Value = parser.ReadValue(0);
        reading.End = parser._at;
        return reading;
    }

    /// <summary>Reads a piece that must hold one value and nothing else.</summary>
    public static JsonReading ParseAlone(ReadOnlySpan<byte> json)
    {
        JsonReading reading = Parse(json);
        if (reading.Value is null) return reading;
        int rest = reading.End;
        while (rest < json.Length && IsWhiteSpace(json[rest])) rest++;
        if (rest == json.Length) return reading;
        reading.Value = null;
        reading.Fault = new JsonFault(rest, ProblemKind.InvalidJson, "There is text after the end of the row.", "Put every row on a line of its own.");
        return reading;
    }

    public static bool IsWhiteSpace(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    private JsonItem? ReadValue(int depth)
    {
        if (depth > MaxDepth) return Fail(_at, $"Values are nested more than {MaxDepth} deep.");
        if (_at == _json.Length) return FailAtEnd();
        int start = _at;
        switch (_json[_at])
        {
            case (byte)'{': return ReadObject(depth);
            case (byte)'[': return ReadList(depth);
            case (byte)'"': return ReadText() is { } text ? new JsonItem(JsonKind.Text, start) { Text = text } : null;
            case (byte)'t': return ReadWord("true", JsonKind.True);
            case (byte)'f': return ReadWord("false", JsonKind.False);
            case (byte)'n': return ReadWord("null", JsonKind.Null);
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'): return ReadNumber();
            default: return FailAtUnexpected("a value");
        }
    }

    private JsonItem? ReadObject(int depth)
    {
        int start = _at++;
        var members = new List<JsonMember>(8);
        Dictionary<string, int>? places = null;    // only for wide objects: a row has a handful of keys
        SkipWhiteSpace();
        if (Take((byte)'}')) return new JsonItem(JsonKind.Object, start);
        while (true)
        {
            if (_at == _json.Length) return FailAtEnd();
            int nameStart = _at;
            if (_json[_at] != '"') return FailAtUnexpected("a key in double quotes");
            if (ReadText() is not { } name) return null;
            SkipWhiteSpace();
            if (_at == _json.Length) return FailAtEnd();
            if (!Take((byte)':')) return Fail(_at, $"The colon after the key \"{Shorten(name)}\" is missing.");
            SkipWhiteSpace();
            if (ReadValue(depth + 1) is not { } value) return null;

            int earlier = -1;
            if (members.Count < 16) earlier = members.FindIndex(m => m.Name == name);
            else
            {
                places ??= members.Select((m, i) => (m.Name, i)).ToDictionary(p => p.Name, p => p.i, StringComparer.Ordinal);
                if (!places.TryGetValue(name, out earlier)) earlier = -1;
            }
            var member = new JsonMember(name, nameStart, value);
            if (earlier >= 0)
            {
                _reading.DuplicateKeys.Add(new DuplicateKey(name, nameStart));
                members[earlier] = member;
            }
            else
            {
                places?.Add(name, members.Count);
                members.Add(member);
            }

            SkipWhiteSpace();
            if (_at == _json.Length) return FailAtEnd();
            if (Take((byte)'}')) return new JsonItem(JsonKind.Object, start) { Members = members };
            int comma = _at;
            if (!Take((byte)',')) return FailAtUnexpected("a comma or a closing brace");
            SkipWhiteSpace();
            if (_at < _json.Length && _json[_at] == '}') return Fail(comma, "A comma stands before the closing brace.", "Remove that comma.");
        }
    }

    private JsonItem? ReadList(int depth)
    {
        int start = _at++;
        var items = new List<JsonItem>();
        SkipWhiteSpace();
        if (Take((byte)']')) return new JsonItem(JsonKind.List, start);
        while (true)
        {
            if (ReadValue(depth + 1) is not { } item) return null;
            items.Add(item);
            SkipWhiteSpace();
            if (_at == _json.Length) return FailAtEnd();
            if (Take((byte)']')) return new JsonItem(JsonKind.List, start) { Items = items };
            int comma = _at;
            if (!Take((byte)',')) return FailAtUnexpected("a comma or a closing bracket");
            SkipWhiteSpace();
            if (_at < _json.Length && _json[_at] == ']') return Fail(comma, "A comma stands before the closing bracket.", "Remove that comma.");
        }
    }

    private JsonItem? ReadWord(string word, JsonKind kind)
    {
        int start = _at;
        int i = 0;
        while (i < word.Length && _at < _json.Length && _json[_at] == word[i])
        {
            i++;
            _at++;
        }
        if (i < word.Length && _at == _json.Length) return FailAtEnd();
        if (i < word.Length || (_at < _json.Length && IsWordByte(_json[_at])))
        {
            _at = start;
            return FailAtUnexpected("a value");
        }
        return new JsonItem(kind, start);
    }

    private JsonItem? ReadNumber()
    {
        int start = _at;
        Take((byte)'-');
        if (_at < _json.Length && _json[_at] == 'I') return Fail(start, "-Infinity is not a JSON value (Python accepts it).", "Write null or a number.");
        int digits = _at;
        SkipDigits();
        bool valid = _at > digits && (_json[digits] != '0' || _at == digits + 1);
        if (valid && Take((byte)'.'))
        {
            int fraction = _at;
            SkipDigits();
            valid = _at > fraction;
        }
        if (valid && _at < _json.Length && _json[_at] is (byte)'e' or (byte)'E')
        {
            _at++;
            if (_at < _json.Length && _json[_at] is (byte)'+' or (byte)'-') _at++;
            int exponent = _at;
            SkipDigits();
            valid = _at > exponent;
        }
        if (_at == _json.Length && !valid) return FailAtEnd();
        if (!valid || (_at < _json.Length && (IsWordByte(_json[_at]) || _json[_at] == '.'))) return Fail(start, "This is not a JSON number.", "Put texts in double quotes.");
        var number = new JsonItem(JsonKind.Number, start) { Text = Encoding.ASCII.GetString(_json[start.._at]) };
        if (number.Text.Length > 4 && double.IsInfinity(double.Parse(number.Text, CultureInfo.InvariantCulture))) (_reading.BigNumbers ??= []).Add(number);
        return number;
    }

    private JsonItem? FailAtUnexpected(string expected)
    {
        ReadOnlySpan<byte> rest = _json[_at..];
        byte b = rest[0];
        if (b == '\'') return Fail(_at, "Single quotes: this is a Python dictionary, not JSON.", "Write it with json.dumps, or with double quotes.");
        if (b == '/' || b == '#') return Fail(_at, "JSON has no comments.", "Remove the comment.");
        if (b == ',' && expected.StartsWith("a value", StringComparison.Ordinal)) return Fail(_at, "A value is missing before the comma.");
        foreach (string word in (string[])["NaN", "Infinity"])
            if (StartsWith(rest, word)) return Fail(_at, $"{word} is not a JSON value (Python accepts it).", "Write null or a number.");
        foreach ((string word, string right) in ((string, string)[])[("None", "null"), ("True", "true"), ("False", "false")])
            if (StartsWith(rest, word)) return Fail(_at, $"{word} is Python, not JSON.", $"Write {right}.");
        if (Rune.DecodeFromUtf8(rest, out Rune found, out _) != OperationStatus.Done)
        {
            return Fail(_at, "There are bytes that are not UTF-8.", "Save the file as UTF-8, or name its encoding (encoding: gb18030).", kind: ProblemKind.Encoding);
        }
        string shown = Rune.IsControl(found) || Rune.IsWhiteSpace(found) ? string.Create(CultureInfo.InvariantCulture, $"U+{found.Value:X4}") : $"'{found}'";
        return Fail(_at, $"Expected {expected}, found {shown}.");
    }

    private static bool StartsWith(ReadOnlySpan<byte> bytes, string word) => bytes.Length >= word.Length && Ascii.Equals(bytes[..word.Length], word);

    private JsonItem? FailAtEnd(bool inText = false) => Fail(_json.Length, "The text ends in the middle of a row.", "Write the missing end, or remove the row.", atEnd: true, inText: inText);

    private JsonItem? Fail(int offset, string why, string? fix = null, bool atEnd = false, bool inText = false, string kind = ProblemKind.InvalidJson)
    {
        _reading.Fault = new JsonFault(offset, kind, why, fix, atEnd, inText);
        return null;
    }

    private static string Shorten(string name) => name.Length <= 40 ? name : name[..40] + "…";

    private bool Take(byte wanted)
    {
        if (_at >= _json.Length || _json[_at] != wanted) return false;
        _at++;
        return true;
    }

    private void SkipWhiteSpace()
    {
        while (_at < _json.Length && IsWhiteSpace(_json[_at])) _at++;
    }

    private void SkipDigits()
    {
        while (_at < _json.Length && _json[_at] is >= (byte)'0' and <= (byte)'9') _at++;
    }

    private static bool IsWordByte(byte b) => b is >= (byte)'a' and <= (byte)'z' or >= (byte)'A' and <= (byte)'Z' or >= (byte)'0' and <= (byte)'9' or (byte)'_';
}
