namespace TuneSharp.Data.Rendering;

/// <summary>A row as text and as tokens, and how its answers were found.</summary>
/// <param name="Example">Ids and labels.</param>
/// <param name="Text">The text that was tokenized, special tokens written out.</param>
/// <param name="Rule">How the learned part was found: "generation blocks", "prefix rule", "whole text".</param>
/// <param name="Problems">What the person should know about this row.</param>
public sealed record RenderedExample(TrainingExample Example, string Text, string Rule, IReadOnlyList<DataProblem> Problems);
