using TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Methods;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Operations;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

/// <summary>A str. Indices and lengths are in code points, as in Python.</summary>
internal sealed class TextValue : Value
{
    public static readonly TextValue Empty = new("");

    private static readonly TextValue[] s_ascii = [.. Enumerable.Range(0, 128).Select(i => new TextValue(((char)i).ToString()))];
    private int _numCodePoints = -1;

    public TextValue(string text) => Text = text;

    /// <summary>The characters.</summary>
    public string Text { get; }

    /// <summary>Marked as safe HTML (Python's Markup): joined with other texts it escapes them.</summary>
    public bool IsMarkup { get; init; }

    /// <summary>Where generation blocks lie in this text, when it was captured from a body that held some.</summary>
    public IReadOnlyList<TextSpan>? Spans { get; init; }

    public override string TypeName => IsMarkup ? "Markup" : "str";

    public override bool IsTrue => Text.Length > 0;

    public override long Weight => 1 + (Text.Length >> 6);

    public override int? Length => NumCodePoints;

    public int NumCodePoints => _numCodePoints >= 0 ? _numCodePoints : _numCodePoints = CodePoints.Count(Text);

    private bool IsOneUnitEach => NumCodePoints == Text.Length;

    public static TextValue Of(string text) => text.Length == 0 ? Empty : text.Length == 1 && text[0] < 128 ? s_ascii[text[0]] : new TextValue(text);

    public static TextValue Of(string text, bool isMarkup) => isMarkup ? new TextValue(text) { IsMarkup = true } : Of(text);

    /// <summary>UTF-16 position of a code point.</summary>
    public int ToUtf16(int codePointIndex) => IsOneUnitEach ? Math.Min(codePointIndex, Text.Length) : CodePoints.ToUtf16(Text, codePointIndex);

    /// <summary>Index of the code point at a UTF-16 position.</summary>
    public int ToCodePointIndex(int utf16Position) => IsOneUnitEach ? utf16Position : CodePoints.Count(Text.AsSpan(0, utf16Position));

    public override void Print(TextOutput writer) => writer.Write(Text);

    public override void PrintRepr(TextOutput writer)
    {
        if (!IsMarkup)
        {
            TextRepr.Write(Text, writer);
            return;
        }
        writer.Write("Markup(");
        TextRepr.Write(Text, writer);
        writer.Write(')');
    }

    public override IEnumerable<Value> Elements(RenderContext context)
    {
        context.Budget.Scan(Text.Length);
        return CodePoints.Split(Text).Select(Value (c) => Of(c));
    }

    public override Value? Attribute(string name, RenderContext context) => TextMethods.Find(this, name);

    public override Value? Item(Value key, RenderContext context)
    {
        if (key is SliceValue slice)
        {
            context.Budget.Text(Text.Length);
            return Of(Sliced(slice, context), IsMarkup);
        }
        if (key is not IntegralValue index) return null;
        context.Budget.Scan(Text.Length);
        if (Subscript.Position(index.Integer, NumCodePoints) is not int position) return null;
        int start = ToUtf16(position);
        return Of(Text.Substring(start, CodePoints.WidthAt(Text, start)), IsMarkup);
    }

    private string Sliced(SliceValue slice, RenderContext context)
    {
        (int start, int step, int count) = slice.Over(NumCodePoints);
        if (step == 1)
        {
            int from = ToUtf16(start);
            return Text[from..(IsOneUnitEach ? from + count : from + CodePoints.ToUtf16(Text.AsSpan(from), count))];
        }
        context.Budget.Inspect(Text.Length);
        string[] characters = [.. CodePoints.Split(Text)];
        return string.Concat(Enumerable.Range(0, count).Select(i => characters[start + (i * step)]));
    }
}
