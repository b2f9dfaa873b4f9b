namespace TuneSharp.Inference.Classification;

/// <summary>A text, or a pair of texts, as a classifier takes it.</summary>
/// <param name="Ids">With the tokenizer's special tokens, [T].</param>
/// <param name="Types">To which of two texts each token belongs, [T]; null: all to the first.</param>
public readonly record struct EncodedText(int[] Ids, int[]? Types);
