namespace TuneSharp.Data.Conversion;

/// <summary>The forms that a dataset can be converted to; each is written as JSON lines.</summary>
public enum ConversionTarget
{
    /// <summary><c>{"messages": [{"role", "content"}, …], "tools"?}</c>: holds every conversation.</summary>
    Messages,

    /// <summary><c>{"instruction", "output", "system"?, "history"?}</c>: questions and answers that take turns.</summary>
    Alpaca,

    /// <summary><c>{"prompt", "completion"}</c>: texts for one question, lists of messages (TRL's conversational form) for more.</summary>
    PromptCompletion,
}

/// <summary>Something of a row that the new form cannot hold.</summary>
/// <param name="Source">The row it was in.</param>
/// <param name="Field">What is lost: <c>messages[2].weight</c>, <c>tools</c>; "row" = the whole row.</param>
/// <param name="Why">One sentence.</param>
public sealed record ConversionLoss(RowSource Source, string Field, string Why)
{
    public override string ToString() => $"{Source}, field {Field}: {Why}";
}

/// <summary>A row in its new form; <see cref="Json"/> is null when it cannot be written in it at all.</summary>
public sealed record ConvertedRow(System.Text.Json.Nodes.JsonObject? Json, IReadOnlyList<ConversionLoss> Losses);

/// <summary>What became of the rows of a file.</summary>
/// <param name="Written">Rows in the new file.</param>
/// <param name="LeftOut">Rows that the new form cannot hold; each is among <paramref name="Losses"/>.</param>
/// <param name="Broken">Rows that could not be read and were left out by choice.</param>
/// <param name="NumLosses">All losses, kept or not.</param>
/// <param name="Losses">The first losses.</param>
/// <param name="Problems">What was wrong with the rows that were read.</param>
public sealed record ConversionReport(long Written, long LeftOut, long Broken, long NumLosses, IReadOnlyList<ConversionLoss> Losses, ProblemLog Problems);
