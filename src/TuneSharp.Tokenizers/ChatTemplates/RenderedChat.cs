using System.Runtime.InteropServices;

namespace TuneSharp.Tokenizers.ChatTemplates;

/// <summary>A piece of a text: UTF-16 positions, the end exclusive.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TextSpan(int Start, int End)
{
    /// <summary>Number of UTF-16 units.</summary>
    public int Length => End - Start;
}

/// <summary>A rendered conversation.</summary>
/// <param name="Text">The text that goes to the tokenizer, with special tokens written out.</param>
/// <param name="AssistantSpans">The <c>{% generation %}</c> blocks in order; empty when the template marks none.</param>
public sealed record RenderedChat(string Text, IReadOnlyList<TextSpan> AssistantSpans);
