using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

/// <summary>JSON as Python's json.loads reads it: 1 is an int, 1.0 and 1e3 are floats, objects keep their order.</summary>
internal static class JsonValues
{
    public static Value From(JsonNode? node, RenderContext context) => Guarded(() => Convert(node, context, depth: 0));

    /// <summary>The members of an object, each as a variable.</summary>
    public static IReadOnlyList<KeyValuePair<string, Value>> FromMembers(JsonObject members, RenderContext context) =>
        Guarded(() => members.Select(pair => new KeyValuePair<string, Value>(pair.Key, Convert(pair.Value, context, depth: 0))).ToArray());

    private static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException)
        {
            // JSON nodes read their text late: half of a surrogate pair, a key that occurs twice.
            throw new JinjaException(ChatTemplateFault.Caller, "A value for the chat template is not valid JSON: " + e.Message);
        }
    }

    private static Value Convert(JsonNode? node, RenderContext context, int depth)
    {
        context.CheckContainerDepth(depth);
        switch (node)
        {
            case null: return NoneValue.Instance;
            case JsonObject json:
                return new DictValue(json.Select(pair => new KeyValuePair<Value, Value>(TextValue.Of(pair.Key), Convert(pair.Value, context, depth + 1))), context);
            case JsonArray array:
                return context.NewList([.. array.Select(item => Convert(item, context, depth + 1))]);
        }
        switch (node.GetValueKind())
        {
            case JsonValueKind.True: return BoolValue.True;
            case JsonValueKind.False: return BoolValue.False;
            case JsonValueKind.Null: return NoneValue.Instance;
            case JsonValueKind.Number: return Number(node.ToJsonString());
        }
        string text = node.GetValue<string>();
        context.Budget.Text(text.Length);
        return TextValue.Of(text);
    }

    private static NumberValue Number(string json)
    {
        if (json.Length > IntegerValue.MaxDigits) throw JinjaException.Limit($"A number for the chat template has more than {IntegerValue.MaxDigits} digits, which is the limit.");
        if (json.AsSpan().IndexOfAny(".eE") < 0) return IntegerValue.Of(BigInteger.Parse(json, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        return new FloatValue(double.Parse(json, NumberStyles.Float, CultureInfo.InvariantCulture));
    }
}
