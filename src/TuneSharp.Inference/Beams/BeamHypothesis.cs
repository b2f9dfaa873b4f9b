namespace TuneSharp.Inference.Beams;

/// <summary>A finished text of beam search.</summary>
/// <param name="Ids">What was generated, an end token included.</param>
/// <param name="Score">Sum of the log-probabilities, divided by length^length_penalty.</param>
/// <param name="EndedByToken">False when the longest permitted answer was full, or a stop text came.</param>
public sealed record BeamHypothesis(IReadOnlyList<int> Ids, double Score, bool EndedByToken);
