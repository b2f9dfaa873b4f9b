namespace TuneSharp.Evaluation.Answers;

/// <summary>A question of the evaluation set, what was expected and what a model wrote.</summary>
/// <param name="Question">As a person would read it.</param>
/// <param name="Reference">The row's own answer.</param>
/// <param name="Answer">The model's.</param>
public sealed record GeneratedAnswer(string Question, string Reference, string Answer)
{
    public bool IsExact => ExactMatch.Agrees(Answer, Reference);
}
