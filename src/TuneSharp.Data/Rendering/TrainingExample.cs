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

    /// <summary>
    /// Lengths of the documents that lie one after the other in a packed row; their sum is T. Documents do not see each other and
    /// positions begin at 0 in each. Null: the row is one document.
    /// </summary>
    public IReadOnlyList<int>? SegmentLengths
    {
        get;
        init
        {
            if (value is not null && value.Sum() != InputIds.Length) throw new ArgumentException($"The segments hold {value.Sum()} tokens, the row {InputIds.Length}.", nameof(value));
            field = value;
            NumLabels = Count(Labels, value);
        }
    }

    /// <summary>
    /// What a classifier learns of the row: [number of the class], or a 1 or 0 for each class, or values. Null: the row's tokens are learned.
    /// </summary>
    public float[]? Targets
    {
        get;
        init
        {
            field = value;
            if (value is not null) NumLabels = value.Length;
        }
    }

    /// <summary>To which of two texts each token belongs, [T]; null: 0 everywhere.</summary>
    public int[]? TokenTypes { get; init; }

    public int Length => InputIds.Length;

    /// <summary>Tokens that are learned, or <see cref="Targets"/> where there are some. The first token of a document is predicted by nothing and never counts.</summary>
    public int NumLabels { get; private init; } = Count(Labels, null);

    /// <summary>The documents of the row, each for itself: ids and labels.</summary>
    public IEnumerable<(int[] InputIds, int[] Labels)> Segments()
    {
        if (SegmentLengths is null)
        {
            yield return (InputIds, Labels);
            yield break;
        }

        int at = 0;
        foreach (int length in SegmentLengths)
        {
            yield return (InputIds[at..(at + length)], Labels[at..(at + length)]);
            at += length;
        }
    }

    /// <summary>The first tokens of a row that is one document.</summary>
    public TrainingExample First(int count) => Part(0..Math.Min(count, Length));

    /// <summary>The last tokens of a row that is one document.</summary>
    public TrainingExample Last(int count) => Part(Math.Max(0, Length - count)..Length);

    private TrainingExample Part(Range range)
    {
        if (SegmentLengths is not null) throw new InvalidOperationException("A packed row is not cut; its documents are, before they are packed.");
        int[] ids = InputIds[range];
        return new TrainingExample(ids, ReferenceEquals(InputIds, Labels) ? ids : Labels[range]) { Source = Source, Targets = Targets, TokenTypes = TokenTypes?[range] };
    }

    private static int Count(int[] labels, IReadOnlyList<int>? segments)
    {
        int count = 0, at = 0;
        foreach (int length in segments ?? [labels.Length])
        {
            if (length > 0) count += length - 1 - labels.AsSpan(at + 1, length - 1).Count(Ignored);
            at += length;
        }
        return count;
    }
}
