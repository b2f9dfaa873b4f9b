namespace TuneSharp.Formats.ModelConfigs;

/// <summary>What the numbers of a classification head mean: <c>problem_type</c> of config.json.</summary>
public enum ProblemType
{
    /// <summary>One of the classes: softmax, cross entropy.</summary>
    SingleLabelClassification,

    /// <summary>Any number of the classes, none included: a sigmoid each, binary cross entropy.</summary>
    MultiLabelClassification,

    /// <summary>Numbers: mean squared error.</summary>
    Regression,
}

/// <summary>The spelling of <see cref="ProblemType"/> in config.json.</summary>
public static class ProblemTypeNames
{
    public static string Name(this ProblemType problem) => problem switch
    {
        ProblemType.SingleLabelClassification => "single_label_classification",
        ProblemType.MultiLabelClassification => "multi_label_classification",
        _ => "regression",
    };

    /// <summary>Null for a text that names none.</summary>
    public static ProblemType? Parse(string? name) => Enum.GetValues<ProblemType>().Cast<ProblemType?>().FirstOrDefault(problem => problem!.Value.Name() == name);
}
