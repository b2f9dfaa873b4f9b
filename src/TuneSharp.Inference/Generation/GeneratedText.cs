using TuneSharp.Inference.Logprobs;

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
public sealed record GeneratedText(string Text, IReadOnlyList<int> Ids, FinishReason Finish)
{
    /// <summary>One entry for each of <see cref="Ids"/> if the settings ask for log-probabilities, else empty.</summary>
    public IReadOnlyList<TokenLogprob> Logprobs { get; init; } = [];

    /// <summary>Of beam search: the sum of log-probabilities divided by length^length_penalty.</summary>
    public double? Score { get; init; }

    /// <summary>Of beam search: the next best texts, where the settings ask for several.</summary>
    public IReadOnlyList<GeneratedText> Others { get; init; } = [];
}
