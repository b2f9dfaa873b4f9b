using TuneSharp.Formats;

namespace TuneSharp.Data.Batching;

/// <summary>The side on which shorter rows are filled up.</summary>
public enum PaddingSide
{
    Right,
    Left,
}

/// <summary>
/// Rows of different lengths filled up to one length, as Hugging Face's collators do it. Training here needs no padding (rows lie one
/// after the other); this is for code and files that expect rectangles.
/// </summary>
/// <param name="InputIds">[rows][width], filled with the padding token.</param>
/// <param name="Labels">[rows][width], filled with −100.</param>
/// <param name="AttentionMask">[rows][width], 1 where there is a token, 0 where there is filling.</param>
public sealed record PaddedBatch(int[][] InputIds, int[][] Labels, int[][] AttentionMask)
{
    /// <param name="examples">At least one row.</param>
    /// <param name="paddingToken">Id that fills.</param>
    /// <param name="side">Where the filling goes.</param>
    /// <param name="multipleOf">The width is rounded up to a multiple of this.</param>
    /// <exception cref="InvalidInputException">There are no rows, or the multiple is below 1.</exception>
    public static PaddedBatch From(IReadOnlyList<TrainingExample> examples, int paddingToken, PaddingSide side = PaddingSide.Right, int multipleOf = 1)
    {
        ArgumentNullException.ThrowIfNull(examples);
        if (examples.Count == 0) throw new InvalidInputException("A batch needs at least one row.");
        if (multipleOf < 1) throw new InvalidInputException($"pad_to_multiple_of is {multipleOf}; at least 1 is needed.", "pad_to_multiple_of", "Give a whole number such as 8.");
        int width = examples.Max(example => example.Length);
        width = checked((width + multipleOf - 1) / multipleOf * multipleOf);
        return new PaddedBatch(
            [.. examples.Select(example => Fill(example.InputIds, paddingToken))],
            [.. examples.Select(example => Fill(example.Labels, TrainingExample.Ignored))],
            [.. examples.Select(example => Fill([.. Enumerable.Repeat(1, example.Length)], 0))]);

        int[] Fill(int[] row, int filling)
        {
            int[] filled = new int[width];
            Array.Fill(filled, filling);
            row.CopyTo(filled, side == PaddingSide.Right ? 0 : width - row.Length);
            return filled;
        }
    }
}
