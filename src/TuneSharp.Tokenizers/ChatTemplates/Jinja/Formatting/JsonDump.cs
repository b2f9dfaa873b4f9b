using TuneSharp.Tokenizers.ChatTemplates.Jinja.Operations;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;

/// <summary>Python's json.dumps.</summary>
internal sealed class JsonDump(TextOutput output, RenderContext context)
{
    /// <summary>Escapes everything beyond ASCII.</summary>
    public bool EnsureAscii { get; init; }

    /// <summary>One level of indentation; null = everything on one line.</summary>
    public string? Indent { get; init; }

    public string ItemSeparator { get; init; } = ", ";

    public string KeySeparator { get; init; } = ": ";

    public bool SortKeys { get; init; }

    public void Write(Value value, int level = 0)
    {
        switch (value)
        {
            case NoneValue: output.Write("null"); break;
            case BoolValue: output.Write(value.IsTrue ? "true" : "false"); break;
            case IntegerValue integer: output.Write(integer.Digits()); break;
            case FloatValue number: output.Write(Number(number.Float)); break;
            case TextValue text: WriteText(text.Text); break;
            case SequenceValue sequence: WriteItems(sequence.Items, level); break;
            case DictValue dict: WritePairs(dict, level); break;
            default: throw JinjaException.Evaluation($"Object of type {value.TypeName} is not JSON serializable.");
        }
    }

    private void WriteItems(IReadOnlyList<Value> items, int level)
    {
        output.Write('[');
        for (int i = 0; i < items.Count; i++)
        {
            if (i > 0) output.Write(ItemSeparator);
            BreakLine(level + 1);
            Write(items[i], level + 1);
        }
        if (items.Count > 0) BreakLine(level);
        output.Write(']');
    }

    private void WritePairs(DictValue dict, int level)
    {
        IReadOnlyList<KeyValuePair<Value, Value>> pairs = dict.Pairs;
        if (SortKeys)
        {
            List<Value> keys = Sorting.Sort([.. pairs.Select(pair => pair.Key)], key => key, reverse: false, context);
            pairs = [.. keys.Select(key => new KeyValuePair<Value, Value>(key, dict.Find(key, context)!))];
        }
        output.Write('{');
        for (int i = 0; i < pairs.Count; i++)
        {
            if (i > 0) output.Write(ItemSeparator);
            BreakLine(level + 1);
            WriteText(Key(pairs[i].Key));
            output.Write(KeySeparator);
            Write(pairs[i].Value, level + 1);
        }
        if (pairs.Count > 0) BreakLine(level);
        output.Write('}');
    }

    private void BreakLine(int level)
    {
        if (Indent is null) return;
        output.Write('\n');
        for (int i = 0; i < level; i++) output.Write(Indent);
    }

    private void WriteText(string text)
    {
        output.Budget.Work(text.Length >> 4);
        output.Write('"');
        int plainFrom = 0;
        for (int i = 0; i < text.Length; i++)
        {
            string? escape = text[i] switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                < ' ' => $"\\u{(int)text[i]:x4}",
                >= '\u007F' when EnsureAscii => $"\\u{(int)text[i]:x4}",
                _ => null,
            };
            if (escape is null) continue;
            output.Write(text.AsSpan(plainFrom, i - plainFrom));
            output.Write(escape);
            plainFrom = i + 1;
        }
        output.Write(text.AsSpan(plainFrom));
        output.Write('"');
    }

    private static string Key(Value key) => key switch
    {
        TextValue text => text.Text,
        BoolValue => key.IsTrue ? "true" : "false",
        NoneValue => "null",
        IntegerValue integer => integer.Digits(),
        FloatValue number => Number(number.Float),
        _ => throw JinjaException.Evaluation($"keys must be str, int, float, bool or None, not {key.TypeName}."),
    };

    private static string Number(double value) => double.IsFinite(value) ? PythonFloat.Repr(value) : double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}
