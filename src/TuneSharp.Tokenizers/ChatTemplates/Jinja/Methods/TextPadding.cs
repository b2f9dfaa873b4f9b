using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Methods;

/// <summary>Methods of str that add something at the ends.</summary>
internal static class TextPadding
{
    /// <summary>Where the padding goes.</summary>
    public enum Side
    {
        Start,
        End,
        Both,
    }

    public static IEnumerable<Builtin> All { get; } =
    [
        new("ljust", "width, fillchar=, /", c => Pad(c.SelfText, c.Int(0), Fill(c), Side.End, c)),
        new("rjust", "width, fillchar=, /", c => Pad(c.SelfText, c.Int(0), Fill(c), Side.Start, c)),
        new("center", "width, fillchar=, /", c => Pad(c.SelfText, c.Int(0), Fill(c), Side.Both, c)),
        new("zfill", "width, /", ZeroFill),
        new("expandtabs", "tabsize=", ExpandTabs),
    ];

    public static TextValue Pad(TextValue text, int width, char fill, Side side, in BoundCall c)
    {
        long missing = (long)width - text.NumCodePoints;
        if (missing <= 0) return text;
        long atStart = side switch
        {
            Side.Start => missing,
            Side.Both => (missing / 2) + (missing & width & 1),
            _ => 0,
        };
        TextOutput output = c.NewOutput();
        output.Write(fill, atStart);
        output.Write(text.Text);
        output.Write(fill, missing - atStart);
        return TextValue.Of(output.ToString(), text.IsMarkup);
    }

    private static char Fill(in BoundCall c)
    {
        string fill = c.Text(1, " ");
        return fill.Length == 1 ? fill[0] : throw JinjaException.Evaluation("The fill character must be exactly one character of the basic plane.");
    }

    private static TextValue ZeroFill(BoundCall c)
    {
        string text = c.SelfText.Text;
        long missing = (long)c.Int(0) - c.SelfText.NumCodePoints;
        if (missing <= 0) return c.SelfText;
        int sign = text.Length > 0 && text[0] is '+' or '-' ? 1 : 0;
        TextOutput output = c.NewOutput();
        output.Write(text.AsSpan(0, sign));
        output.Write('0', missing);
        output.Write(text.AsSpan(sign));
        return TextValue.Of(output.ToString(), c.SelfText.IsMarkup);
    }

    private static TextValue ExpandTabs(BoundCall c)
    {
        int size = c.Int(0, 8), column = 0;
        TextOutput output = c.NewOutput();
        foreach (char character in c.SelfText.Text)
        {
            if (character == '\t')
            {
                int blanks = size > 0 ? size - (column % size) : 0;
                output.Write(' ', blanks);
                column += blanks;
                continue;
            }
            output.Write(character);
            if (character is '\n' or '\r') column = 0;
            else if (!char.IsLowSurrogate(character)) column++;
        }
        return TextValue.Of(output.ToString(), c.SelfText.IsMarkup);
    }
}
