namespace TuneSharp.Data.RowFormats;

/// <summary>Which columns of a dataset for classifiers hold what. What is null is found by its usual names.</summary>
/// <param name="Text">The text.</param>
/// <param name="TextPair">A second text.</param>
/// <param name="Label">The label, or the list of labels.</param>
/// <param name="Separator">What stands between several labels of one cell; null = a cell is one label.</param>
/// <param name="NeedsLabels">False for rows that are to be classified: a label is read where there is one.</param>
public sealed record LabelColumns(string? Text = null, string? TextPair = null, string? Label = null, string? Separator = null, bool NeedsLabels = true)
{
    /// <summary>Names of the column of texts, the usual ones first.</summary>
    internal static IReadOnlyList<string> TextNames { get; } =
        ["text", "sentence", "content", "文本", "内容", "句子", "sentence1", "premise", "text_a", "question1", "review", "utterance", "query", "question", "title", "标题"];

    /// <summary>The first text of a pair and the second: they are taken together.</summary>
    internal static IReadOnlyList<(string First, string Second)> Pairs { get; } =
        [("text", "text_pair"), ("sentence1", "sentence2"), ("premise", "hypothesis"), ("text_a", "text_b"), ("question1", "question2"), ("question", "passage"), ("文本", "文本对")];

    /// <summary>Names of the column of labels, the usual ones first.</summary>
    internal static IReadOnlyList<string> LabelNames { get; } = ["label", "labels", "intent", "标签", "类别", "category", "class", "sentiment", "target"];
}
