using System.Numerics;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Operations;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;

/// <summary>Python's <c>text % values</c>.</summary>
internal sealed class PercentFormat
{
    private readonly TextValue _pattern;
    private readonly Value _values;
    private readonly RenderContext _context;
    private readonly TextOutput _output;
    private readonly string _text;
    private int _position;
    private int _numUsed;

    private PercentFormat(TextValue pattern, Value values, RenderContext context)
    {
        _pattern = pattern;
        _text = pattern.Text;
        _values = values;
        _context = context;
        _output = new TextOutput(context.Budget);
    }

    public static TextValue Apply(TextValue pattern, Value values, RenderContext context)
    {
        var format = new PercentFormat(pattern, values, context);
        format.WriteAll();
        return TextValue.Of(format._output.ToString(), pattern.IsMarkup);
    }

    private void WriteAll()
    {
        while (_position < _text.Length)
        {
            int percent = _text.IndexOf('%', _position);
            if (percent < 0) percent = _text.Length;
            _output.Write(_text.AsSpan(_position, percent - _position));
            _position = percent + 1;
            if (percent < _text.Length) WriteOne();
        }
        bool allUsed = _values is TupleValue tuple ? _numUsed == tuple.Items.Count : _numUsed == 1 || _values is DictValue or ListValue or RangeValue or UndefinedValue;
        if (!allUsed) throw JinjaException.Evaluation("not all arguments converted during string formatting.");
    }

    private void WriteOne()
    {
        Value? keyed = Peek() == '(' ? ByKey() : null;
        bool left = false, zero = false, alternate = false;
        string plus = "";
        for (; Peek() is '-' or '+' or ' ' or '#' or '0'; _position++)
        {
            char flag = Peek();
            left |= flag == '-';
            zero |= flag == '0';
            alternate |= flag == '#';
            if (flag == '+' || (flag == ' ' && plus.Length == 0)) plus = flag.ToString();
        }
        long width = Number() ?? 0;
        if (width < 0) (left, width) = (true, -width);
        long? precision = null;
        if (Peek() == '.')
        {
            _position++;
            precision = Math.Max(0, Number() ?? 0);
        }
        while (Peek() is 'h' or 'l' or 'L') _position++;
        if (_position >= _text.Length) throw JinjaException.Evaluation("incomplete format.");
        char type = _text[_position++];
        if (type == '%')
        {
            _output.Write('%');
            return;
        }
        (string sign, string prefix, string body, bool isNumber) = Convert(type, keyed ?? NextValue(), precision, alternate, plus);
        long surplus = body.Length - CodePoints.Count(body);
        char align = left ? '<' : zero && isNumber ? '=' : '>';
        NumberLayout.Write(_output, sign, prefix, body, align == '=' ? "0" : " ", align, width + surplus);
    }

    private (string Sign, string Prefix, string Body, bool IsNumber) Convert(char type, Value value, long? precision, bool alternate, string plus)
    {
        switch (type)
        {
            case 's' or 'r' or 'a':
                string text = type == 's' ? _context.Print(value) : _context.Repr(value);
                if (_pattern.IsMarkup) text = HtmlText.Escaped(type == 's' ? value : TextValue.Of(text), _context);
                if (type == 'a') text = HtmlText.AsciiOnly(text);
                return ("", "", precision is long most ? text[..CodePoints.ToUtf16(text, (int)Math.Min(most, int.MaxValue))] : text, false);
            case 'c':
                if (value is TextValue { NumCodePoints: 1 } character) return ("", "", character.Text, false);
                if (value is IntegralValue code && code.Integer >= 0 && code.Integer <= 0x10FFFF) return ("", "", CodePoints.ToText((int)code.Integer), false);
                throw JinjaException.Evaluation("%c requires an int in range(0x110000) or a single character.");
            case 'd' or 'i' or 'u':
                BigInteger number = ToInteger(value, type);
                return (number.Sign < 0 ? "-" : plus, "", Padded(IntegerValue.DigitsOf(BigInteger.Abs(number)), precision), true);
            case 'x' or 'X' or 'o':
                if (value is not IntegralValue integer) throw Refuse(value, type, "an integer is required");
                string digits = Padded(Radix.ToText(BigInteger.Abs(integer.Integer), type == 'o' ? 8 : 16), precision);
                return (integer.Integer.Sign < 0 ? "-" : plus, alternate ? "0" + type : "", type == 'X' ? digits.ToUpperInvariant() : digits, true);
            case 'e' or 'E' or 'f' or 'F' or 'g' or 'G':
                if (value is not NumberValue real) throw Refuse(value, type, "must be real number");
                double x = real.ToDouble();
                _context.Budget.Work(PythonFloat.StepsFor(precision ?? 6));
                return (double.IsNegative(x) && !double.IsNaN(x) ? "-" : plus, "", Real(type, x, (int)Math.Min(precision ?? 6, PythonFloat.MaxPrecision), alternate), double.IsFinite(x));
            default:
                throw JinjaException.Evaluation($"unsupported format character '{type}'.");
        }
    }

    private static string Real(char type, double value, int precision, bool alternate)
    {
        if (!double.IsFinite(value)) return char.IsUpper(type) ? PythonFloat.NonFinite(Math.Abs(value)).ToUpperInvariant() : PythonFloat.NonFinite(Math.Abs(value));
        string digits = type switch
        {
            'f' or 'F' => PythonFloat.Fixed(value, precision),
            'e' or 'E' => PythonFloat.Exponential(value, precision, type),
            _ => PythonFloat.General(value, precision, type == 'g' ? 'e' : 'E', alternate, keepPoint: false),
        };
        return alternate ? PythonFloat.WithPoint(digits) : digits;
    }

    private string Padded(string digits, long? precision)
    {
        if (precision is not long least || least <= digits.Length) return digits;
        _context.Budget.Text(least);
        return digits.PadLeft((int)least, '0');
    }

    private static BigInteger ToInteger(Value value, char type) => value switch
    {
        IntegralValue integer => integer.Integer,
        FloatValue number when double.IsFinite(number.Float) => new BigInteger(Math.Truncate(number.Float)),
        _ => throw Refuse(value, type, "a real number is required"),
    };

    private static JinjaException Refuse(Value value, char type, string demand) =>
        value is UndefinedValue undefined ? undefined.Failure() : JinjaException.Evaluation($"%{type} format: {demand}, not {value.TypeName}.");

    private Value ByKey()
    {
        int depth = 0, start = _position + 1;
        for (; _position < _text.Length; _position++)
        {
            if (_text[_position] == '(') depth++;
            if (_text[_position] == ')' && --depth == 0) break;
        }
        if (_position >= _text.Length) throw JinjaException.Evaluation("incomplete format key.");
        if (_values is UndefinedValue undefined) throw undefined.Failure();
        if (_values is not DictValue dict) throw JinjaException.Evaluation("format requires a mapping.");
        TextValue key = TextValue.Of(_text[start.._position++]);
        _numUsed = 1;
        return dict.Find(key, _context) ?? throw JinjaException.Evaluation($"The format names the key '{key.Text}', which the values do not have.");
    }

    private Value NextValue()
    {
        if (_values is TupleValue tuple)
            return _numUsed < tuple.Items.Count ? tuple.Items[_numUsed++] : throw JinjaException.Evaluation("not enough arguments for format string.");
        return _numUsed++ == 0 ? _values : throw JinjaException.Evaluation("not enough arguments for format string.");
    }

    private long? Number()
    {
        if (Peek() == '*')
        {
            _position++;
            return NextValue() is IntegralValue integer && BigInteger.Abs(integer.Integer) < int.MaxValue ? (long)integer.Integer : throw JinjaException.Evaluation("* wants int.");
        }
        int start = _position;
        while (char.IsAsciiDigit(Peek())) _position++;
        if (start == _position) return null;
        return long.TryParse(_text.AsSpan(start, _position - start), out long number) && number < int.MaxValue ? number : throw JinjaException.Limit("A width or precision in the format is too big.");
    }

    private char Peek() => _position < _text.Length ? _text[_position] : '\0';
}
