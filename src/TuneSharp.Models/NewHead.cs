using TuneSharp.Formats;
using TuneSharp.Formats.Errors;
using TuneSharp.Formats.ModelConfigs;

namespace TuneSharp.Models;

/// <summary>The head that a classifier is to have. It is made anew, with random numbers as the library draws them, unless the checkpoint has it already.</summary>
/// <param name="Labels">N names in the order of the logits.</param>
/// <param name="Problem">What the N numbers are.</param>
public sealed record NewHead(IReadOnlyList<string> Labels, ProblemType Problem = ProblemType.SingleLabelClassification)
{
    /// <summary>Of the random numbers.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>The tokenizer's padding: written to config.json where that names none, because Hugging Face's decoders need it to classify several rows at once.</summary>
    public int? PaddingId { get; init; }

    /// <exception cref="InvalidInputException">No label, one class only, or two labels with one name.</exception>
    public void Validate()
    {
        if (Labels.Count == 0) throw new InvalidInputException("A classifier needs at least one label.", null, "Name the labels.");
        if (Problem == ProblemType.SingleLabelClassification && Labels.Count == 1)
            throw new InvalidInputException($"There is one class only, {Quoted.Text(Labels[0])}: there is nothing to tell apart.", null, "Name at least two classes, or make it a regression or a multi-label task.");
        if (Labels.GroupBy(label => label, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new InvalidInputException($"The label {Quoted.Text(twice.Key)} is named twice.", null, "Name each label once.");
    }
}
