namespace TuneSharp.Data.Json;

/// <summary>Something that makes a piece of JSON unreadable, or readable only with a remark. <paramref name="Offset"/> is a byte offset.</summary>
/// <param name="AtEnd">The piece ended too early: with more bytes it might have been complete.</param>
/// <param name="InText">The fault lies inside a quoted text.</param>
internal readonly record struct JsonFault(int Offset, string Kind, string Why, string? Fix = null, bool AtEnd = false, bool InText = false);

/// <summary>A key that stood twice in one object; the later value was kept.</summary>
internal readonly record struct DuplicateKey(string Name, int Offset);

/// <summary>The result of reading one piece of JSON (a line, or a value framed out of a larger file).</summary>
internal sealed class JsonReading
{
    /// <summary>The value; null when <see cref="Fault"/> is a syntax error.</summary>
    public JsonItem? Value { get; set; }

    /// <summary>The first fault. With a value beside it, only texts are damaged (bytes that are not UTF-8, half surrogate pairs).</summary>
    public JsonFault? Fault { get; set; }

    /// <summary>Offset behind the value; what follows has not been looked at.</summary>
    public int End { get; set; }

    public List<DuplicateKey> DuplicateKeys { get; } = [];

    /// <summary>Numbers that no double can hold (1e999); null when there are none.</summary>
    public List<JsonItem>? BigNumbers { get; set; }
}
