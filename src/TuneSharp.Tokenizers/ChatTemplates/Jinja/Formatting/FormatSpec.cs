using System.Numerics;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;

/// <summary>Python's format specification: <c>[[fill]align][sign][z][#][0][width][grouping][.precision][type]</c>.</summary>
internal sealed class FormatSpec
{
    private readonly string _text;
    private int _position;
    private string _fill = " ";
    private char _align;
    private bool _alignsZeros;
    private char _sign = '-';
    private bool _alternate;
    private long _width;
    private char _grouping;
    private int? _precision;
    private char _type;

    private FormatSpec(string text) => _text = text;

    public static void Write(Value value, string spec, RenderContext context, TextOutput writer)
    {
        if (spec.Length == 0)
        {
            value.Print(writer);
            return;
        }
        switch (value)
        {
            case TextValue text:
                new FormatSpec(spec).Read().WriteText(text.Text, writer);
                break;
            case NumberValue number:
                new FormatSpec(spec).Read().WriteNumber(number, context, writer);
                break;
            default:
                throw JinjaException.Evaluation($"unsupported format string passed to {value.TypeName}.");
        }
    }

    private FormatSpec Read()
    {
        bool hasFill = false;
        int first = _text.Length > 0 ? CodePoints.WidthAt(_text, 0) : 0;
        if (first > 0 && first < _text.Length && _text[first] is '<' or '>' or '=' or '^')
        {
            _fill = _text[..first];
            _align = _text[first];
            _position = first + 1;
            hasFill = true;
        }
        else if (Peek() is '<' or '>' or '=' or '^') _align = Next();
        if (Peek() is '+' or '-' or ' ') _sign = Next();
        if (Peek() == 'z') Next();
        if (Peek() == '#')
        {
            _alternate = true;
            Next();
        }
        if (Peek() == '0' && !hasFill)
        {
            _fill = "0";
            _alignsZeros = _align == '\0';
            Next();
        }
        _width = ReadNumber() ?? 0;
        if (Peek() is ',' or '_') _grouping = Next();
        if (Peek() == '.')
        {
            Next();
            long precision = ReadNumber() ?? throw JinjaException.Evaluation("Format specifier missing precision.");
            _precision = (int)Math.Min(precision, int.MaxValue);
        }
        if (_position < _text.Length) _type = Next();
        if (_position < _text.Length) throw JinjaException.Evaluation($"Invalid format specifier '{_text}'.");
        return this;
    }

    private void WriteText(string text, TextOutput writer)
    {
        if (_type is not '\0' and not 's') throw JinjaException.Evaluation($"Unknown format code '{_type}' for object of type 'str'.");
        if (_align == '=') throw JinjaException.Evaluation("'=' alignment not allowed in string format specifier.");
        if (_sign != '-' || _alternate) throw JinjaException.Evaluation("Sign and alternate form not allowed in string format specifier.");
        if (_grouping != '\0') throw JinjaException.Evaluation($"Cannot specify '{_grouping}' with 's'.");
        if (_precision is int most) text = text[..CodePoints.ToUtf16(text, most)];
        long surplus = text.Length - CodePoints.Count(text);
        NumberLayout.Write(writer, "", "", text, _fill, _align == '\0' ? '<' : _align, _width + surplus);
    }

    private void WriteNumber(NumberValue number, RenderContext context, TextOutput writer)
    {
        if (_alignsZeros) _align = '=';
        if (_grouping != '\0' && !(_type is '\0' or 'd' or 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or '%' || (_grouping == '_' && _type is 'b' or 'o' or 'x' or 'X')))
            throw JinjaException.Evaluation($"Cannot specify '{_grouping}' with '{_type}'.");
        bool asFloat = number is FloatValue ? _type is '\0' or 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or 'n' or '%' : _type is 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or '%';
        if (asFloat)
        {
            double value = number.ToDouble();
            context.Budget.Work(PythonFloat.StepsFor(_precision ?? 6));
            Layout(double.IsNegative(value) && !double.IsNaN(value), "", FloatDigits(value), writer);
            return;
        }
        if (number is not IntegralValue integer) throw JinjaException.Evaluation($"Unknown format code '{_type}' for object of type 'float'.");
        if (_precision is not null) throw JinjaException.Evaluation("Precision not allowed in integer format specifier.");
        if (_type == 'c')
        {
            if (_sign != '-' || _alternate) throw JinjaException.Evaluation("Sign and alternate form not allowed with integer format specifier 'c'.");
            if (integer.Integer < 0 || integer.Integer > 0x10FFFF) throw JinjaException.Evaluation("%c arg not in range(0x110000).");
            Layout(false, "", CodePoints.ToText((int)integer.Integer), writer);
            return;
        }
        BigInteger magnitude = BigInteger.Abs(integer.Integer);
        (string prefix, string digits) = _type switch
        {
            '\0' or 'd' or 'n' => ("", IntegerValue.DigitsOf(magnitude)),
            'b' => ("0b", Radix.ToText(magnitude, 2)),
            'o' => ("0o", Radix.ToText(magnitude, 8)),
            'x' => ("0x", Radix.ToText(magnitude, 16)),
            'X' => ("0X", Radix.ToText(magnitude, 16).ToUpperInvariant()),
            _ => throw JinjaException.Evaluation($"Unknown format code '{_type}' for object of type 'int'."),
        };
        context.Budget.Text(digits.Length);
        Layout(integer.Integer.Sign < 0, _alternate ? prefix : "", digits, writer);
    }

    private string FloatDigits(double value)
    {
        int precision = Math.Min(_precision ?? 6, PythonFloat.MaxPrecision);
        if (!double.IsFinite(value))
        {
            string name = PythonFloat.NonFinite(Math.Abs(value));
            return (_type is 'E' or 'F' or 'G' ? name.ToUpperInvariant() : name) + (_type == '%' ? "%" : "");
        }
        string digits = _type switch
        {
            'f' or 'F' => PythonFloat.Fixed(value, precision),
            'e' or 'E' => PythonFloat.Exponential(value, precision, _type),
            'g' or 'n' => PythonFloat.General(value, precision, 'e', _alternate, keepPoint: false),
            'G' => PythonFloat.General(value, precision, 'E', _alternate, keepPoint: false),
            '%' => PythonFloat.Fixed(value * 100, precision) + "%",
            _ when _precision is null => PythonFloat.Repr(Math.Abs(value)),
            _ => PythonFloat.General(value, precision, 'e', _alternate, keepPoint: true),
        };
        return _alternate ? PythonFloat.WithPoint(digits) : digits;
    }

    private void Layout(bool isNegative, string prefix, string digits, TextOutput writer)
    {
        int groupSize = _type is 'b' or 'o' or 'x' or 'X' ? 4 : 3;
        string sign = isNegative ? "-" : _sign == '-' ? "" : _sign.ToString();
        if (_grouping != '\0' && _fill == "0" && _align == '=')
        {
            long room = Math.Min(_width, PythonFloat.MaxPrecision) - sign.Length - prefix.Length;
            while (NumberLayout.Group("0" + digits, _grouping, groupSize).Length <= room) digits = "0" + digits;
            if (NumberLayout.Group(digits, _grouping, groupSize).Length < room) digits = "0" + digits;
        }
        if (_grouping != '\0') digits = NumberLayout.Group(digits, _grouping, groupSize);
        NumberLayout.Write(writer, sign, prefix, digits, _fill, _align == '\0' ? '>' : _align, _width);
    }

    private char Peek() => _position < _text.Length ? _text[_position] : '\0';

    private char Next() => _text[_position++];

    private long? ReadNumber()
    {
        int start = _position;
        while (char.IsAsciiDigit(Peek())) _position++;
        if (start == _position) return null;
        return long.TryParse(_text.AsSpan(start, _position - start), out long number) ? number : throw JinjaException.Evaluation("Too many decimal digits in format string.");
    }
}
