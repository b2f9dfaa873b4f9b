namespace TuneSharp.Data.Corpus;

/// <summary>One turn of a conversation: <c>system</c>, <c>user</c> or <c>assistant</c>, and what is said.</summary>
public sealed record CorpusMessage(string Role, string Content);

/// <summary>A document for pre-training: either running text or a conversation.</summary>
public sealed record CorpusDocument
{
    /// <summary>The running text; null for a conversation.</summary>
    public string? Text { get; private init; }

    /// <summary>The turns of the conversation; null for running text.</summary>
    public IReadOnlyList<CorpusMessage>? Messages { get; private init; }

    public static CorpusDocument OfText(string text) => new() { Text = text };

    public static CorpusDocument OfMessages(IReadOnlyList<CorpusMessage> messages) => new() { Messages = messages };

    /// <summary>
    /// Every string of the document, in order: what a tokenizer is trained on and what uniqueness is checked on.
    /// </summary>
    public IEnumerable<string> Passages => Text is not null ? [Text] : Messages!.Select(m => m.Content);
}
