namespace TuneSharp.Tokenizers.ChatTemplates;

/// <summary>A rendered conversation.</summary>
/// <param name="Text">The text that goes to the tokenizer, with special tokens written out.</param>
/// <param name="AssistantSpans">The <c>{% generation %}</c> blocks in order, in UTF-16 units; empty when the template marks none.</param>
public sealed record RenderedChat(string Text, IReadOnlyList<TextSpan> AssistantSpans);
