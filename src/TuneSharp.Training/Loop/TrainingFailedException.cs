using TuneSharp.Formats;

namespace TuneSharp.Training.Loop;

/// <summary>Training went wrong in a way that a person can act on: too many steps without a finite number, weights that are none.</summary>
public sealed class TrainingFailedException(string problem, string? where, string? nextStep) : InvalidInputException(problem, where, nextStep);
