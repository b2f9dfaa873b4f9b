using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;

/// <summary>Where a body prints to, and the generation blocks that were printed there.</summary>
internal sealed class OutputBuffer(Budget budget)
{
    private readonly TextOutput _text = new(budget);
    private List<TextSpan>? _spans;

    public IReadOnlyList<TextSpan> Spans => _spans ?? [];

    public void Write(string text) => _text.Write(text);

    /// <summary>Prints a value; spans that a captured text carries move along with it.</summary>
    public void Write(Value value)
    {
        if (value is TextValue { Spans: not null } text)
            foreach (TextSpan span in text.Spans) Mark(_text.Length + span.Start, _text.Length + span.End);
        value.Print(_text);
    }

    /// <summary>Prints a text that is a generation block.</summary>
    public void WriteGeneration(Value value)
    {
        int start = _text.Length;
        value.Print(_text);
        Mark(start, _text.Length);
    }

    /// <summary>The captured text with its spans.</summary>
    public TextValue ToValue(bool isMarkup)
    {
        string text = _text.ToString();
        return _spans is null ? TextValue.Of(text, isMarkup) : new TextValue(text) { IsMarkup = isMarkup, Spans = _spans };
    }

    public override string ToString() => _text.ToString();

    private void Mark(int start, int end) => (_spans ??= []).Add(new TextSpan(start, end));
}
