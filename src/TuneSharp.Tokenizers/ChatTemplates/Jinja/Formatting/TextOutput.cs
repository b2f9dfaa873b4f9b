using System.Text;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;

/// <summary>A text in the making that pays for every character before it is written.</summary>
internal sealed class TextOutput(Budget budget)
{
    private readonly StringBuilder _text = new();

    public int Length => _text.Length;

    public Budget Budget { get; } = budget;

    public void Write(string text)
    {
        Reserve(text.Length);
        _text.Append(text);
    }

    public void Write(ReadOnlySpan<char> text)
    {
        Reserve(text.Length);
        _text.Append(text);
    }

    public void Write(char c)
    {
        Reserve(1);
        _text.Append(c);
    }

    public void Write(char c, long count)
    {
        if (count <= 0) return;
        Reserve(count);
        _text.Append(c, (int)count);
    }

    public override string ToString()
    {
        Budget.Text(_text.Length);
        return _text.ToString();
    }

    private void Reserve(long count)
    {
        Budget.Step();
        Budget.Scan(count);
        if (_text.Length + count > Budget.Limits.MaxTextLength)
            throw JinjaException.Limit($"The template makes a text of more than {Budget.Limits.MaxTextLength} characters, which is the limit.");
    }
}
