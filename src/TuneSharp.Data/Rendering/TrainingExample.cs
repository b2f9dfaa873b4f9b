namespace TuneSharp.Data;

/// <summary>
/// One row as the model sees it. <c>Labels[i]</c> is <c>InputIds[i]</c> where the token is learned and <see cref="Ignored"/> where it is
/// context; labels are not shifted (Hugging Face's convention: the logits at t predict <c>Labels[t + 1]</c>).
/// </summary>
/// <param name="InputIds">Token ids [T].</param>
/// <param name="Labels">Labels [T].</param>
public sealed record TrainingExample(int[] InputIds, int[] Labels)
{
    /// <summary>The label of a token that is not learned.</summary>
    public const int Ignored = -100;

    /// <summary>Where the row came from; null for one that was joined from several.</summary>
    public RowSource? Source { get; init; }

    public int Length => InputIds.Length;

    /// <summary>Tokens that are learned. The first token of a row is predicted by nothing and never counts.</summary>
    public int NumLabels { get; } = Labels.Length == 0 ? 0 : Labels.Length - 1 - Labels.AsSpan(1).Count(Ignored);
}
