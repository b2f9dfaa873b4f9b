using TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Operations;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;

/// <summary>Python's pprint.pformat for lists, tuples and dicts: one line if it fits into 80 characters, keys sorted.</summary>
internal sealed class PrettyPrinter
{
    private const int Width = 80;

    private readonly RenderContext _context;
    private readonly TextOutput _output;

    private PrettyPrinter(RenderContext context)
    {
        _context = context;
        _output = new TextOutput(context.Budget);
    }

    public static string Print(Value value, RenderContext context)
    {
        context.Budget.Work(value.Weight);
        var printer = new PrettyPrinter(context);
        printer.Write(printer.Sorted(value), indent: 0, allowance: 0);
        return printer._output.ToString();
    }

    private void Write(Value value, int indent, int allowance)
    {
        string oneLine = _context.Repr(value);
        if (oneLine.Length <= Width - indent - allowance)
        {
            _output.Write(oneLine);
            return;
        }
        switch (value)
        {
            case DictValue { Pairs.Count: > 0 } dict:
                _output.Write('{');
                for (int i = 0; i < dict.Pairs.Count; i++)
                {
                    bool isLast = i == dict.Pairs.Count - 1;
                    string key = _context.Repr(dict.Pairs[i].Key) + ": ";
                    _output.Write(key);
                    Write(dict.Pairs[i].Value, indent + 1 + CodePoints.Count(key), isLast ? allowance + 1 : 1);
                    Separate(isLast, indent);
                }
                _output.Write('}');
                break;
            case SequenceValue { Items.Count: > 0 } sequence:
                bool isTuple = sequence is TupleValue;
                _output.Write(isTuple ? '(' : '[');
                for (int i = 0; i < sequence.Items.Count; i++)
                {
                    bool isLast = i == sequence.Items.Count - 1;
                    Write(sequence.Items[i], indent + 1, isLast ? allowance + 1 : 1);
                    Separate(isLast, indent);
                }
                _output.Write(isTuple ? sequence.Items.Count == 1 ? ",)" : ")" : "]");
                break;
            default:
                _output.Write(oneLine);
                break;
        }
    }

    private void Separate(bool isLast, int indent)
    {
        if (isLast) return;
        _output.Write(",\n");
        _output.Write(' ', indent + 1);
    }

    /// <summary>The same value with the keys of every dict in order; keys that cannot be compared keep theirs.</summary>
    private Value Sorted(Value value)
    {
        switch (value)
        {
            case DictValue dict:
                bool comparable = dict.Pairs.All(pair => pair.Key is TextValue) || dict.Pairs.All(pair => pair.Key is NumberValue);
                List<Value> keys = [.. dict.Pairs.Select(pair => pair.Key)];
                if (comparable) keys = Sorting.Sort(keys, key => key, reverse: false, _context);
                return new DictValue(keys.Select(key => new KeyValuePair<Value, Value>(key, Sorted(dict.Find(key, _context)!))), _context);
            case SequenceValue sequence:
                return sequence.Like([.. sequence.Items.Select(Sorted)], _context);
            default:
                return value;
        }
    }
}
