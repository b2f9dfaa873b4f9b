using System.Globalization;
using TuneSharp.Formats;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Formats.Settings;

namespace TuneSharp.Data;

/// <summary>What the classes of a classifier are. What is left open is found from the rows, or taken from the head that the model has.</summary>
public sealed record ClassificationSettings
{
    [Setting("With task classification: what a label is: single_label_classification (one class), multi_label_classification (any number of classes), regression (a number); nothing = auto: as the model's head says, else lists are several classes, numbers with a fraction are values, everything else is one class.",
        "用于分类任务：标签的含义：single_label_classification（单标签）、multi_label_classification（多标签）、regression（数值回归）；不填为 auto：以模型分类头为准，否则列表视为多标签，带小数的数字视为数值，其余为单标签。", Example = "multi_label_classification")]
    public ProblemType? ProblemType { get; init; }

    [Setting("With task classification: the classes, in the order of the head's outputs. Nothing = those of the model's head, else what occurs in the training rows: numbers by size, names by alphabet.",
        "用于分类任务：类别名称，按分类头输出的顺序；不填则取模型分类头的类别，否则取训练样本中出现的类别：数字按大小、名称按字母顺序。", Example = "negative, positive", Advice = "A model that has a classification head already keeps its classes: name the same, or none.")]
    public IReadOnlyList<string>? Labels { get; init; }

    [Setting("With task classification: number of the head's outputs. Nothing = as many as there are classes.", "用于分类任务：分类头的输出个数；不填则等于类别数。", Unit = "classes", Minimum = 1, Maximum = 100_000,
        Advice = "Give it where the training rows do not hold every class, and classes are numbers from 0.", Example = "3")]
    public int? NumLabels { get; init; }

    /// <exception cref="InvalidInputException">Names the key, its value and what to do.</exception>
    public void Validate()
    {
        SettingRange.Check(this);
        if (ProblemType is { } problem && !Enum.IsDefined(problem)) throw new InvalidInputException($"problem_type is {problem}.", "problem_type", "Give single_label_classification, multi_label_classification or regression.");
        if (Labels is null) return;
        if (Labels.Count == 0) throw new InvalidInputException("labels names no class.", "labels", "Give the names of the classes with commas between them, or leave it out.");
        if (Labels.GroupBy(label => label, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key is { } twice)
            throw new InvalidInputException($"labels names '{twice}' twice.", "labels", "Name each class once.");
        if (NumLabels is { } number && number != Labels.Count)
            throw new InvalidInputException(string.Create(CultureInfo.InvariantCulture, $"num_labels is {number}, and labels names {Labels.Count} classes."), "num_labels", "Remove one of the two.");
    }

    /// <summary>Any of the keys is given.</summary>
    public bool IsGiven => ProblemType is not null || Labels is not null || NumLabels is not null;
}
