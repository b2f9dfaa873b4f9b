using TuneSharp.Tokenizers.ChatTemplates.Jinja.Operations;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;

/// <summary>Python's <c>text.format(…)</c>, whose fields may go into attributes and elements by the sandbox's rules.</summary>
internal sealed class BraceFormat(CallArguments arguments, Func<string, Value?> named, bool isMarkup)
{
    private const int MaxSpecNesting = 2;

    private int _nextAutomatic;
    private bool _isAutomatic;
    private bool _isManual;

    private RenderContext Context => arguments.Context;

    public void Write(string pattern, TextOutput output, int nesting = 0)
    {
        if (nesting >= MaxSpecNesting) throw JinjaException.Evaluation("Max string recursion exceeded.");
        for (int i = 0; i < pattern.Length;)
        {
            int brace = pattern.AsSpan(i).IndexOfAny('{', '}');
            if (brace < 0) brace = pattern.Length - i;
            output.Write(pattern.AsSpan(i, brace));
            i += brace;
            if (i >= pattern.Length) return;
            char c = pattern[i++];
            if (i < pattern.Length && pattern[i] == c)
            {
                output.Write(c);
                i++;
                continue;
            }
            if (c == '}') throw JinjaException.Evaluation("Single '}' encountered in format string.");
            int end = EndOfField(pattern, i);
            WriteField(pattern[i..end], output, nesting);
            i = end + 1;
        }
    }

    private static int EndOfField(string pattern, int start)
    {
        int depth = 1;
        for (int i = start; i < pattern.Length; i++)
        {
            if (pattern[i] == '[')
            {
                int close = pattern.IndexOf(']', i);
                if (close > 0) i = close;
            }
            else if (pattern[i] == '{') depth++;
            else if (pattern[i] == '}' && --depth == 0) return i;
        }
        throw JinjaException.Evaluation("Single '{' encountered in format string.");
    }

    private void WriteField(string field, TextOutput output, int nesting)
    {
        int nameEnd = 0;
        for (; nameEnd < field.Length && field[nameEnd] is not ':' and not '!'; nameEnd++)
            if (field[nameEnd] == '[') nameEnd = Math.Max(nameEnd, field.IndexOf(']', nameEnd));
        Value value = Resolve(field[..nameEnd]);
        int i = nameEnd;
        if (i < field.Length && field[i] == '!')
        {
            if (i + 1 >= field.Length) throw JinjaException.Evaluation("end of string while looking for conversion specifier.");
            value = Convert(value, field[i + 1]);
            i += 2;
            if (i < field.Length && field[i] != ':') throw JinjaException.Evaluation("expected ':' after conversion specifier.");
        }
        string spec = i < field.Length ? field[(i + 1)..] : "";
        if (spec.Contains('{'))
        {
            var nested = new TextOutput(Context.Budget);
            Write(spec, nested, nesting + 1);
            spec = nested.ToString();
        }
        if (value is UndefinedValue && spec.Length > 0) throw JinjaException.Evaluation("unsupported format string passed to Undefined.");
        if (isMarkup && spec.Length == 0) output.Write(HtmlText.Escaped(value, Context));
        else FormatSpec.Write(value, spec, Context, output);
    }

    private TextValue Convert(Value value, char conversion) => TextValue.Of(conversion switch
    {
        's' => Context.Print(value),
        'r' => Context.Repr(value),
        'a' => HtmlText.AsciiOnly(Context.Repr(value)),
        _ => throw JinjaException.Evaluation($"Unknown conversion specifier {conversion}."),
    });

    private Value Resolve(string name)
    {
        int end = name.AsSpan().IndexOfAny('.', '[');
        if (end < 0) end = name.Length;
        Value value = First(name[..end]);
        for (int i = end; i < name.Length;)
        {
            Context.Budget.Step();
            if (name[i] == '.')
            {
                int next = name.AsSpan(i + 1).IndexOfAny('.', '[');
                int stop = next < 0 ? name.Length : i + 1 + next;
                if (stop == i + 1) throw JinjaException.Evaluation("Empty attribute in format string.");
                value = Subscript.Attribute(value, name[(i + 1)..stop], Context);
                i = stop;
            }
            else if (name[i] == '[')
            {
                int close = name.IndexOf(']', i);
                if (close < 0) throw JinjaException.Evaluation("Missing ']' in format string.");
                string key = name[(i + 1)..close];
                value = Subscript.Item(value, int.TryParse(key, out int index) && index >= 0 ? IntegerValue.Of(index) : TextValue.Of(key), Context);
                i = close + 1;
            }
            else throw JinjaException.Evaluation("Only '.' or '[' may follow ']' in format field specifier.");
        }
        return value;
    }

    private Value First(string name)
    {
        if (name.Length == 0)
        {
            _isAutomatic = true;
            name = _nextAutomatic++.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        else if (name.All(char.IsAsciiDigit)) _isManual = true;
        else return named(name) ?? throw JinjaException.Evaluation($"The format names '{name}', which was not passed.");
        if (_isAutomatic && _isManual) throw JinjaException.Evaluation("cannot switch between manual and automatic field numbering.");
        return int.TryParse(name, out int index) && index < arguments.Positional.Count
            ? arguments.Positional[index]
            : throw JinjaException.Evaluation($"Replacement index {name} out of range for positional args.");
    }
}
