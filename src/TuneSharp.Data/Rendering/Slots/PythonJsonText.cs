using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TuneSharp.Data.Rendering.Slots;

/// <summary>JSON as Python's <c>json.dumps(ensure_ascii=False)</c> writes it: what models saw when their tools were declared.</summary>
internal static class PythonJsonText
{
    /// <param name="node">The value.</param>
    /// <param name="indent">Blanks a level; null = one line with ", " and ": ".</param>
    public static string Write(JsonNode? node, int? indent = null)
    {
        var text = new StringBuilder();
        Append(text, node, indent, 0);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonNode? node, int? indent, int level)
    {
        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject members:
                Enclosed(text, '{', '}', members.Count, indent, level, members, (pair, inner) =>
                {
                    Quote(text, pair.Key);
                    text.Append(": ");
                    Append(text, pair.Value, indent, inner);
                });
                break;
            case JsonArray items:
                Enclosed(text, '[', ']', items.Count, indent, level, items, (item, inner) => Append(text, item, indent, inner));
                break;
            default:
                if (node.GetValueKind() == JsonValueKind.String) Quote(text, node.GetValue<string>());
                else text.Append(node.ToJsonString());
                break;
        }
    }

    private static void Enclosed<T>(StringBuilder text, char open, char close, int count, int? indent, int level, IEnumerable<T> items, Action<T, int> append)
    {
        text.Append(open);
        bool first = true;
        foreach (T item in items)
        {
            if (!first) text.Append(indent is null ? ", " : ",");
            first = false;
            Break(text, indent, level + 1);
            append(item, level + 1);
        }
        if (count > 0) Break(text, indent, level);
        text.Append(close);
    }

    private static void Break(StringBuilder text, int? indent, int level)
    {
        if (indent is { } width) text.Append('\n').Append(' ', width * level);
    }

    private static void Quote(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char c in value)
        {
            text.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                < ' ' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => c.ToString(),
            });
        }
        text.Append('"');
    }
}
