using TuneSharp.Tokenizers;

namespace TuneSharp.Data.Rendering.Slots;

/// <summary>One piece of a slot template: a text (perhaps with <c>{{content}}</c> in it), a token by its name, or a special token.</summary>
internal sealed record Slot(SlotKind Kind, string Text = "")
{
    public const string Content = "{{content}}";
}

internal enum SlotKind
{
    Text,
    Token,
    Bos,
    Eos,
}

/// <summary>Where the system text goes.</summary>
internal enum SystemPlace
{
    /// <summary>In a slot of its own, in front of the first question.</summary>
    OwnSlot,

    /// <summary>Inside the first question (Llama 2, Gemma, Mistral).</summary>
    InFirstQuestion,
}

/// <summary>
/// A prompt format as LLaMA-Factory describes it: every part of a turn is a list of slots, and each slot is tokenized by itself.
/// With sentencepiece vocabularies that gives other ids than one tokenization of the whole text.
/// </summary>
internal sealed record SlotTemplate
{
    public required string Name { get; init; }

    public IReadOnlyList<Slot> Prefix { get; init; } = [];

    public required IReadOnlyList<Slot> User { get; init; }

    public required IReadOnlyList<Slot> Assistant { get; init; }

    public required IReadOnlyList<Slot> System { get; init; }

    /// <summary>An answer that is a tool call.</summary>
    public required IReadOnlyList<Slot> Function { get; init; }

    /// <summary>The result of a tool call.</summary>
    public required IReadOnlyList<Slot> Observation { get; init; }

    public required ToolTexts Tools { get; init; }

    /// <summary>How calls are written in <see cref="Function"/>; some templates declare tools in one way and call them in another.</summary>
    public required ToolTexts Calls { get; init; }

    /// <summary>System text for conversations without one; empty = none.</summary>
    public string DefaultSystem { get; init; } = "";

    public SystemPlace SystemPlace { get; init; }

    /// <summary>No end token stands behind answers: it is the label of the next turn's first token, and one real one stands at the very end.</summary>
    public bool EfficientEos { get; init; }

    /// <summary>An end token stands at the very end only, and answers in between end without one (ChatGLM3's own code).</summary>
    public bool EndsOnce { get; init; }

    /// <summary>The token that ends answers where it is not the tokenizer's own.</summary>
    public string? EndToken { get; init; }

    /// <summary>The id that ends an answer.</summary>
    public int? EndId(Tokenizer tokenizer) => EndToken is { } text && tokenizer.TokenToId(text) is { } id ? id : tokenizer.SpecialTokens.Eos?.Id;

    /// <summary>The spelling of <see cref="EndId"/>.</summary>
    public string EndText(Tokenizer tokenizer) => EndId(tokenizer) is { } id ? tokenizer.IdToToken(id) ?? "" : "";
}
