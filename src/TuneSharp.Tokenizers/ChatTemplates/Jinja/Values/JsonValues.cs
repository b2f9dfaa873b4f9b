using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

/// <summary>JSON as Python's json.loads reads it: 1 is an int, 1.0 and 1e3 are floats, objects keep their order.</summary>
internal static class JsonValues
{
    public static Value From(JsonNode? node, RenderContext context, int depth = 0)
    {
        context.CheckContainerDepth(depth);
        switch (node)
        {
            case null: return NoneValue.Instance;
            case JsonObject json:
                return new DictValue(json.Select(pair => new KeyValuePair<Value, Value>(TextValue.Of(pair.Key), From(pair.Value, context, depth + 1))), context);
            case JsonArray array:
                return context.NewList([.. array.Select(item => From(item, context, depth + 1))]);
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
        if (json.AsSpan().IndexOfAny(".eE") < 0) return IntegerValue.Of(BigInteger.Parse(json, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        return new FloatValue(double.Parse(json, NumberStyles.Float, CultureInfo.InvariantCulture));
    }
}
