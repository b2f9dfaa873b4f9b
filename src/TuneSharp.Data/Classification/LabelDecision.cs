using System.Globalization;
using TuneSharp.Formats;
using TuneSharp.Formats.Errors;
using TuneSharp.Formats.ModelConfigs;

namespace TuneSharp.Data.Classification;

/// <summary>
/// Decides what the outputs of a classifier stand for, from the settings, the head that the model has, and the labels of the rows. The
/// order of new classes is the one of transformers' example scripts: sorted, numbers by size.
/// </summary>
public static class LabelDecision
{
    private const int Shown = 5;

    /// <param name="survey">Labels of the training rows.</param>
    /// <param name="settings">What the person says of classes.</param>
    /// <param name="head">The model's own; null: it has none.</param>
    /// <exception cref="InvalidInputException">There is only one class, or labels and head do not belong together.</exception>
    public static LabelSpace Of(LabelSurvey survey, ClassificationSettings settings, ExistingHead? head)
    {
        ArgumentNullException.ThrowIfNull(survey);
        ArgumentNullException.ThrowIfNull(settings);
        if (survey.FirstRow is null) throw new InvalidInputException("There is no row with a label.", null, "Check that it is the file you meant.");
        ProblemType problem = ProblemOf(survey, settings, head);
        if (problem == ProblemType.Regression) return Values(survey, settings, head);
        LabelSpace space = Classes(problem, survey, settings, head);
        if (space.Count < 2 && problem == ProblemType.SingleLabelClassification || survey.Counts.Count == 1 && problem == ProblemType.SingleLabelClassification)
            throw LabelSpace.Wrong(survey.FirstRow, ProblemKind.UnknownLabel, $"Every row has the label {Quoted.Text(survey.Counts.Keys.First())}: a classifier needs rows of at least two classes.", "Add rows of another class, or name the right column with label_column.");
        if (survey.Counts.Count == 0) throw LabelSpace.Wrong(survey.FirstRow, ProblemKind.UnknownLabel, "No row has a label.", "Name the right column with label_column.");
        return space;
    }

    /// <summary>As the settings and the head say; else lists are several classes, numbers with a fraction are values, everything else is one class.</summary>
    private static ProblemType ProblemOf(LabelSurvey survey, ClassificationSettings settings, ExistingHead? head)
    {
        ProblemType? trained = head?.Problem ?? (head is { Names.Count: 1 } ? ProblemType.Regression : null);
        if (trained is { } own && settings.ProblemType is { } wanted && own != wanted)
            throw new InvalidInputException($"problem_type is {wanted.Name()}, and the model's head was trained for {own.Name()}.", "problem_type", "Remove it, or start from the model that this one was trained from.");
        if ((settings.ProblemType ?? trained) is { } known) return known;
        bool areValues = survey.AllNumbers && survey.FirstFraction is not null;
        return areValues ? ProblemType.Regression : survey.FirstList is not null ? ProblemType.MultiLabelClassification : ProblemType.SingleLabelClassification;
    }

    private static LabelSpace Values(LabelSurvey survey, ClassificationSettings settings, ExistingHead? head)
    {
        int count = settings.Labels?.Count ?? settings.NumLabels ?? head?.Names.Count ?? survey.MostInARow;
        if (head is not null) RequireSame(head, settings, count);
        return new LabelSpace(ProblemType.Regression, head?.Names ?? settings.Labels ?? LabelSpace.Unnamed(count))
        {
            Origin = count == 1 ? "Labels are numbers: a value is learned." : $"Labels are numbers: {count} values are learned.",
        };
    }

    private static LabelSpace Classes(ProblemType problem, LabelSurvey survey, ClassificationSettings settings, ExistingHead? head)
    {
        if (survey.IsCrowded) throw Crowded(survey);
        if (head is not null)
        {
            RequireSame(head, settings, settings.Labels?.Count ?? settings.NumLabels ?? head.Names.Count);
            return OfHead(problem, survey, LabelSpace.AreUnnamed(head.Names) && settings.Labels is not null ? head with { Names = settings.Labels } : head);
        }
        if (settings.Labels is { } named) return Spelled(new LabelSpace(problem, named) { Origin = $"{named.Count} classes as labels names them: {Short(named)}." }, survey);
        return Found(problem, survey, settings);
    }

    // A trained head keeps its outputs: other classes need another head.
    private static void RequireSame(ExistingHead head, ClassificationSettings settings, int count)
    {
        bool same = count == head.Names.Count && (settings.Labels is null || LabelSpace.AreUnnamed(head.Names) || head.Names.Order(StringComparer.Ordinal).SequenceEqual(settings.Labels.Order(StringComparer.Ordinal), StringComparer.Ordinal));
        if (!same)
            throw new InvalidInputException($"The model's head has {head.Names.Count} outputs: {Short(head.Names)}. Other classes are asked for.", settings.Labels is null ? "num_labels" : "labels", "Name the same classes, or start from the model that this one was trained from.");
    }

    /// <summary>The head's own classes. A head without names takes the classes of the rows, if there are as many.</summary>
    private static LabelSpace OfHead(ProblemType problem, LabelSurvey survey, ExistingHead head)
    {
        LabelSpace space = Spelled(new LabelSpace(problem, head.Names) { Origin = $"{head.Names.Count} classes of the model's head: {Short(head.Names)}." }, survey);
        if (survey.Counts.Keys.All(label => space.IndexOf(label) is not null)) return space;
        if (!LabelSpace.AreUnnamed(head.Names)) return space;    // the row with the unknown label is named when it is read
        string[] sorted = Sorted(survey);
        if (sorted.Length == head.Names.Count) return new LabelSpace(problem, sorted) { Origin = $"The {sorted.Length} outputs of the model's head have no names; in their order they are taken for {Short(sorted)}." };
        throw new InvalidInputException($"The model's head has {head.Names.Count} outputs without names, and the rows have {sorted.Length} classes: {Short(sorted)}.", "labels",
            "Name the classes in the order of the outputs with labels, or start from the model that this one was trained from.");
    }

    private static LabelSpace Found(ProblemType problem, LabelSurvey survey, ClassificationSettings settings)
    {
        string[] sorted = Sorted(survey);
        if (problem == ProblemType.SingleLabelClassification && survey.Rows >= 20 && sorted.Length == survey.Rows)
            throw LabelSpace.Wrong(survey.FirstRow!, ProblemKind.UnknownLabel, $"Each of the {survey.Rows} rows has a label of its own: nothing can be learned of such classes.", "Name the right column with label_column, or set problem_type: regression to learn numbers.");
        bool numbered = sorted.All(label => LabelSurvey.IsWhole(label, out int number) && number >= 0);
        if (settings.NumLabels is { } wanted)
        {
            if (numbered && sorted.Length > 0 && int.Parse(sorted[^1], CultureInfo.InvariantCulture) < wanted) sorted = [.. Enumerable.Range(0, wanted).Select(i => i.ToString(CultureInfo.InvariantCulture))];
            if (sorted.Length != wanted)
                throw new InvalidInputException($"num_labels is {wanted}, and the rows have {sorted.Length} classes: {Short(sorted)}.", "num_labels", "Remove it, or name every class with labels.");
        }
        return new LabelSpace(problem, sorted) { Origin = numbered ? $"{sorted.Length} classes by number: {Short(sorted)}." : $"{sorted.Length} classes by alphabet: {Short(sorted)}." };
    }

    // Rows that name classes by their numbers, where the classes have names.
    private static LabelSpace Spelled(LabelSpace space, LabelSurvey survey)
    {
        bool byNumber = survey.Counts.Count > 0 && survey.Counts.Keys.All(label => LabelSurvey.IsWhole(label, out int number) && number >= 0 && number < space.Count) && !survey.Counts.Keys.Any(label => space.Names.Contains(label));
        return byNumber ? space with { Spellings = Enumerable.Range(0, space.Count).ToDictionary(i => i.ToString(CultureInfo.InvariantCulture), i => i) } : space;
    }

    private static string[] Sorted(LabelSurvey survey) => survey.Counts.Keys.All(label => LabelSurvey.IsWhole(label, out _))
        ? [.. survey.Counts.Keys.OrderBy(label => int.Parse(label, CultureInfo.InvariantCulture))]
        : [.. survey.Counts.Keys.Order(StringComparer.Ordinal)];

    private static UnreadableDatasetException Crowded(LabelSurvey survey) =>
        LabelSpace.Wrong(survey.FirstRow!, ProblemKind.UnknownLabel, $"There are more than {survey.Counts.Count} different labels.", "Name the right column with label_column, or set problem_type: regression to learn numbers.");

    private static string Short(IReadOnlyList<string> names) => string.Join(", ", names.Take(Shown)) + (names.Count > Shown ? $", … {names[^1]}" : "");
}
