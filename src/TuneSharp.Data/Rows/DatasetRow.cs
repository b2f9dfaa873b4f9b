using System.Text.Json.Nodes;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Data;

/// <summary>Where a row came from. Rows and lines count from 1.</summary>
/// <param name="File">Path of the file as it was given.</param>
/// <param name="Row">Number of the data row.</param>
/// <param name="Line">Line on which it begins.</param>
public sealed record RowSource(string File, long Row, long Line)
{
    public override string ToString() => $"{Path.GetFileName(File)}, row {Row}, line {Line}";
}

/// <summary>One row of a dataset in its canonical form, whatever it looked like in the file.</summary>
public abstract record DatasetRow(RowSource Source);

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
    /// <summary>Declarations of tools (JSON schemas), if the row has some.</summary>
    public JsonArray? Tools { get; init; }

    /// <summary>The messages alone, as a chat template takes them.</summary>
    public IReadOnlyList<ChatMessage> Messages { get; } = [.. Turns.Select(turn => turn.Message)];
}

/// <summary>A text without roles: what pre-training learns from.</summary>
public sealed record TextRow(RowSource Source, string Text) : DatasetRow(Source);
