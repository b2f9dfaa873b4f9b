namespace TuneSharp.Cli.Texts;

internal static class ClassifyTexts
{
    public static readonly Text Summary = new("Classify texts with a trained classifier: one text, or every row of a file.", "用训练好的分类器对文本分类：一段文本，或文件中的每一条样本。");
    public static readonly Text Details = new(
        "The model is a classifier (a model with a classification head) or a finished run of `tunesharp train` with task: classification. A plain text file holds one text a line. Where the file has labels too, precision, recall and F1 of each class, accuracy and the confusion matrix are told.",
        "模型为分类器（带分类头的模型），或以 task: classification 完成的 `tunesharp train` 运行。纯文本文件每行一段文本。若文件中也有标签，则给出每个类别的精确率、召回率、F1，以及准确率和混淆矩阵。");

    public static readonly Text Model = new("Classifier: a folder, a name in the model store, or the name of a run.", "分类器：文件夹、模型库中的名称或运行名称。");
    public static readonly Text TextArgument = new("The text to classify; a second one makes a pair.", "待分类的文本；给出第二段则为文本对。");
    public static readonly Text File = new("Classify every row of this file (.txt, .csv, .tsv, .jsonl, .json, .xlsx, .parquet, .arrow).", "对该文件的每条样本分类（.txt、.csv、.tsv、.jsonl、.json、.xlsx、.parquet、.arrow）。");
    public static readonly Text TextColumn = new("The column of the texts, where it has none of the usual names.", "文本所在的列（列名不是常用名时）。");
    public static readonly Text TextPairColumn = new("The column of the second texts.", "第二段文本所在的列。");
    public static readonly Text LabelColumn = new("The column of the labels to compare with.", "用于比较的标签所在的列。");
    public static readonly Text LabelSeparator = new("What stands between several labels in one cell.", "同一单元格中多个标签之间的分隔符。");
    public static readonly Text Out = new("Write the predictions into this new file (.jsonl or .csv); standard output if it is not given.", "将预测写入该新文件（.jsonl 或 .csv）；缺省为标准输出。");
    public static readonly Text All = new("Tell the score of every class, not the best one alone.", "给出所有类别的得分，而不仅是最高者。");
    public static readonly Text Adapter = new("Adapter to put on the model: a folder, or a run.", "加在模型上的适配器：文件夹或运行。");
    public static readonly Text BatchTokens = new("Tokens that are computed at once.", "同时计算的词元数。");
    public static readonly Text Encoding = new("Encoding of the file: auto, utf-8, gb18030 or another name.", "文件编码：auto、utf-8、gb18030 或其他名称。");
    public static readonly Text ExampleText = new("One text.", "一段文本。");
    public static readonly Text ExampleFile = new("Every row of a table; the predictions as JSON lines.", "对表格的每一条样本分类，预测写为 JSON Lines。");
    public static readonly Text ExampleAll = new("Every line of a text file, with the scores of all classes as a table.", "对文本文件逐行分类，所有类别的得分写为表格。");
    public static readonly Text Done = new("{0} rows classified in {1} ({2:0} a second); the predictions lie in {3}", "已对 {0} 条样本分类，用时 {1}（每秒 {2:0} 条）；预测位于 {3}");
    public static readonly Text Progress = new("{0} rows classified", "已对 {0} 条样本分类");
    public static readonly Text Cut = new("{0} texts were longer than {1} tokens; their ends were cut off.", "{0} 段文本超过 {1} 个词元，其结尾被截去。");
    public static readonly Text CutOf = new("{0}: {1} texts were too long; their ends were cut off.", "{0}：{1} 段文本过长，其结尾被截去。");
    public static readonly Text Unlabelled = new("{0} rows have no label and were not measured.", "{0} 条样本没有标签，未参与评估。");
    public static readonly Text PerClass = new("{0}, class by class, in percent:", "{0} 的各类别（百分比）：");
    public static readonly Text Class = new("class", "类别");
    public static readonly Text Precision = new("precision", "精确率");
    public static readonly Text Recall = new("recall", "召回率");
    public static readonly Text Support = new("rows", "样本数");
    public static readonly Text PredictedRows = new("predicted", "预测数");
    public static readonly Text Confusion = new("What is taken for what, in rows:", "混淆矩阵（样本数）：");
    public static readonly Text TruthPredicted = new("truth ↓ prediction →", "真实 ↓ 预测 →");
    public static readonly Text MostConfused = new("Most frequent mistakes:", "最常见的错误：");
    public static readonly Text Truth = new("truth", "真实类别");
    public static readonly Text Predicted = new("prediction", "预测类别");
    private static readonly Text s_micro = new("micro average", "微平均");
    private static readonly Text s_macro = new("macro average", "宏平均");
    private static readonly Text s_weighted = new("weighted average", "加权平均");
    private static readonly Text s_samples = new("average by row", "按样本平均");

    public static Text Average(string name) => name switch { "micro" => s_micro, "macro" => s_macro, "weighted" => s_weighted, _ => s_samples };
}
