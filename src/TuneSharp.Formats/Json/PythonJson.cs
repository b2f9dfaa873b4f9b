using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TuneSharp.Formats.Json;

/// <summary>
/// Writes JSON byte for byte as Python's <c>json.dumps(value, indent=2, sort_keys=True)</c>, in which Hugging Face's libraries
/// save their configs: keys in code-point order, everything beyond ASCII escaped, floats always with a point or exponent.
/// </summary>
public static class PythonJson
{
    public static string Write(JsonNode? node)
    {
        var text = new StringBuilder();
        Append(text, node, 0);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonNode? node, int depth)
    {
        switch (node)
        {
            case null: text.Append("null"); break;
            case JsonObject entries:
                AppendItems(text, '{', '}', depth, [.. entries.OrderBy(pair => pair.Key, CodePoints)], pair =>
                {
                    AppendString(text, pair.Key);
                    text.Append(": ");
                    Append(text, pair.Value, depth + 1);
                });
                break;
            case JsonArray items: AppendItems(text, '[', ']', depth, [.. items], item => Append(text, item, depth + 1)); break;
            case JsonValue value: AppendValue(text, value); break;
        }
    }

    private static void AppendItems<T>(StringBuilder text, char open, char close, int depth, List<T> items, Action<T> append)
    {
        text.Append(open);
        for (int i = 0; i < items.Count; i++)
        {
            text.Append(i == 0 ? "\n" : ",\n").Append(' ', 2 * (depth + 1));
            append(items[i]);
        }
        if (items.Count > 0) text.Append('\n').Append(' ', 2 * depth);
        text.Append(close);
    }

    private static void AppendValue(StringBuilder text, JsonValue value)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String: AppendString(text, value.GetValue<string>()); break;
            case JsonValueKind.Number: text.Append(Number(value)); break;
            default: text.Append(value.ToJsonString()); break; // true, false
        }
    }

    // A number that was read keeps its spelling; one that was made is a float only if its .NET type is.
    private static string Number(JsonValue value)
    {
        if (value.TryGetValue(out JsonElement element)) return element.GetRawText();
        if (value.TryGetValue(out double number)) return FloatText(number);
        if (value.TryGetValue(out float single)) return FloatText(double.Parse(single.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
        return value.ToJsonString();
    }

    /// <summary>Python's <c>repr(float)</c>: the shortest digits that give the number back; exponent below 1e-4 and from 1e16 on.</summary>
    internal static string FloatText(double number)
    {
        if (!double.IsFinite(number)) throw new ArgumentException("JSON has no NaN and no infinity.", nameof(number));
        string shortest = number.ToString("E16", CultureInfo.InvariantCulture);
        for (int digits = 0; digits < 17; digits++)
        {
            string candidate = number.ToString("E" + digits, CultureInfo.InvariantCulture);
            if (double.Parse(candidate, CultureInfo.InvariantCulture) != number) continue;
            shortest = candidate;
            break;
        }
        string sign = shortest[0] == '-' ? "-" : "";
        int mark = shortest.IndexOf('E', StringComparison.Ordinal);
        string significand = shortest[sign.Length..mark].Replace(".", "", StringComparison.Ordinal);
        int exponent = int.Parse(shortest[(mark + 1)..], CultureInfo.InvariantCulture);
        if (exponent is < -4 or >= 16)
        {
            string fraction = significand.Length > 1 ? "." + significand[1..] : "";
            return $"{sign}{significand[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }
        if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{significand}";
        string padded = significand.PadRight(exponent + 1, '0');
        string rest = padded[(exponent + 1)..];
        return $"{sign}{padded[..(exponent + 1)]}.{(rest.Length == 0 ? "0" : rest)}";
    }

    private static void AppendString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char c in value)
        {
            string? escape = c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\f' => "\\f",
                '\b' => "\\b",
                < ' ' or > '~' => $"\\u{(int)c:x4}",
                _ => null,
            };
            if (escape is null) text.Append(c);
            else text.Append(escape);
        }
        text.Append('"');
    }

    // UTF-16 order differs from code-point order behind U+D800; Python sorts by code points.
    private static Comparer<string> CodePoints { get; } = Comparer<string>.Create((a, b) =>
    {
        StringRuneEnumerator left = a.EnumerateRunes(), right = b.EnumerateRunes();
        while (true)
        {
            bool more = left.MoveNext(), other = right.MoveNext();
            if (!more || !other) return more.CompareTo(other);
            int order = left.Current.Value.CompareTo(right.Current.Value);
            if (order != 0) return order;
        }
    });
}
