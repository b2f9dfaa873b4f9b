namespace TuneSharp.Inference.Generation;

/// <summary>Why a text ended.</summary>
public enum FinishReason
{
    /// <summary>The model wrote an end token.</summary>
    EndToken,

    /// <summary>A stop string of the settings came.</summary>
    StopString,

    /// <summary>The longest permitted answer, or the model's context, is full.</summary>
    Length,

    /// <summary>The caller asked to stop.</summary>
    Cancelled,
}

/// <summary>A whole answer.</summary>
/// <param name="Text">Without special tokens and without what a stop string cut off.</param>
/// <param name="Ids">The generated ids, an end token included.</param>
/// <param name="Finish">Why it ended.</param>
public sealed record GeneratedText(string Text, IReadOnlyList<int> Ids, FinishReason Finish);
