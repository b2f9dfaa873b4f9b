using System.Text.Json.Nodes;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Data;

/// <summary>Where a row came from. Rows and lines count from 1.</summary>
/// <param name="File">Path of the file as it was given.</param>
/// <param name="Row">Number of the data row.</param>
/// <param name="Line">Line on which it begins; 0 in a file without lines.</param>
public sealed record RowSource(string File, long Row, long Line)
{
    public override string ToString() => Line == 0 ? $"{Path.GetFileName(File)}, row {Row}" : $"{Path.GetFileName(File)}, row {Row}, line {Line}";
}

/// <summary>One row of a dataset in its canonical form, whatever it looked like in the file.</summary>
public abstract record DatasetRow(RowSource Source)
{
    /// <summary>Columns that mean nothing to the row's format, where the reader was asked to keep them.</summary>
    public JsonObject? OtherColumns { get; init; }
}

/// <summary>A message of a conversation, and how much an answer counts in training.</summary>
/// <param name="Message">Role and content; tool calls and other keys lie in its extra fields.</param>
/// <param name="Weight">As in OpenAI's files: 0 = the answer is context only, it is not learned; null = the row says nothing (it is learned).</param>
public sealed record Turn(ChatMessage Message, double? Weight = null)
{
    /// <summary>An answer of the assistant that is to be learned.</summary>
    public bool IsLearned => Message.Role == "assistant" && Weight is not 0;
}

/// <summary>A conversation: what fine-tuning learns from.</summary>
public sealed record ConversationRow(RowSource Source, IReadOnlyList<Turn> Turns) : DatasetRow(Source)
{
    /// <summary>
    /// Turns of the prompt, where the file itself tells prompt and completion apart: whatever the template writes behind them is
    /// learned, as TRL does. Null = the answers are learned.
    /// </summary>
    public int? PromptTurns { get; init; }

    /// <summary>Declarations of tools (JSON schemas), if the row has some.</summary>
    public JsonArray? Tools { get; init; }

    /// <summary>The messages alone, as a chat template takes them.</summary>
    public IReadOnlyList<ChatMessage> Messages { get; } = [.. Turns.Select(turn => turn.Message)];
}

/// <summary>A text without roles: what pre-training learns from.</summary>
public sealed record TextRow(RowSource Source, string Text) : DatasetRow(Source);

/// <summary>A question with a better and a worse answer: for preference training.</summary>
/// <param name="Turns">The conversation up to the answer.</param>
public sealed record PreferenceRow(RowSource Source, IReadOnlyList<Turn> Turns, ChatMessage Chosen, ChatMessage Rejected) : DatasetRow(Source);

/// <summary>A conversation whose answer was found good or bad: for KTO.</summary>
public sealed record RatedRow(RowSource Source, IReadOnlyList<Turn> Turns, bool IsGood) : DatasetRow(Source);

/// <summary>A text, or two that belong together, with its label as it stands in the file: the name or number of a class, or a value.</summary>
/// <param name="Label">Null where the row has none: for rows that are to be classified.</param>
public sealed record LabelledRow(RowSource Source, string Text, string? Label) : DatasetRow(Source)
{
    /// <summary>The second text.</summary>
    public string? TextPair { get; init; }

    /// <summary>Every label: one, or those of a list, which may be empty.</summary>
    public IReadOnlyList<string> Labels { get; init; } = Label is null ? [] : [Label];

    /// <summary>The row holds a list of labels.</summary>
    public bool IsList { get; init; }

    /// <summary>Name of the label's field, for problems.</summary>
    public string LabelField { get; init; } = "label";
}
