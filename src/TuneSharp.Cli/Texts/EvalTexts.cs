namespace TuneSharp.Cli.Texts;

internal static class EvalTexts
{
    public static readonly Text Summary = new("Measure models on a file: loss, perplexity, exact match, ROUGE, BLEU and more. Several models make one table.", "在文件上评估模型：损失、困惑度、精确匹配、ROUGE、BLEU 等。多个模型汇成一张表。");
    public static readonly Text Details = new(
        "The loss counts the answers' tokens only. The other metrics ask the model for the last answer of each row, always the most likely token unless --temperature says otherwise, and compare it with the reference. Texts are divided into words, or into characters where the references are Chinese. What was measured of a run is kept in its folder and shown by its report.",
        "损失只计算回答部分的词元。其他指标让模型回答每条样本的最后一个问题（除非指定 --temperature，总取最可能的词元），并与参考答案比较。文本按词划分，参考答案为中文时按字划分。对运行的评估结果会保存在其文件夹中，并显示在报告里。");

    public static readonly Text Models = new("Models or runs: a folder, a name in the model store, the name of a run.", "模型或运行：文件夹、模型库中的名称或运行名称。");
    public static readonly Text Adapter = new("Adapter to put on each of the models: a folder, or a run, with @SCALE behind it where wanted. Several are put on together.", "加在每个模型上的适配器：文件夹或运行，可在其后加 @比例。可多次指定，同时生效。");
    public static readonly Text Data = new("Rows to measure on.", "用于评估的数据文件。");
    public static readonly Text Metrics = new("What to measure, with commas between; all is everything: {0}.", "要计算的指标，用逗号分隔；all 表示全部：{0}。");
    public static readonly Text Language = new("How texts are divided: en into words, zh into characters; auto looks at the references.", "文本划分方式：en 按词，zh 按字；auto 根据参考答案判断。");
    public static readonly Text MaxSamples = new("Use at most so many rows.", "最多使用的样本数。");
    public static readonly Text LossOnly = new("Do not generate answers.", "不生成回答。");
    public static readonly Text Show = new("Show so many answers beside the reference.", "显示若干回答及其参考答案。");
    public static readonly Text Worst = new("Show so many of the rows that the last model did worst on.", "显示最后一个模型得分最低的若干样本。");
    public static readonly Text Best = new("Show so many of the rows that the last model did best on.", "显示最后一个模型得分最高的若干样本。");
    public static readonly Text BatchSize = new("Answers that are written at once.", "同时生成的回答数。");
    public static readonly Text Json = new("Write the result as JSON instead of a table.", "以 JSON 输出结果，而不是表格。");
    public static readonly Text Out = new("Also write the result into this file as JSON.", "同时将结果以 JSON 写入该文件。");
    public static readonly Text Answers = new("Also write every answer into this file, one JSON object a line: prompt, predict, label, model, score.", "同时将所有回答写入该文件，每行一个 JSON 对象：prompt、predict、label、model、score。");
    public static readonly Text Threads = new("Processor threads; one for each core if it is not given.", "计算线程数；缺省为每个核心一个。");
    public static readonly Text ExampleRun = new("The result of the run first beside its base model.", "比较运行 first 的结果与其基础模型。");
    public static readonly Text ExampleMetrics = new("More metrics, and the three rows that first does worst on.", "更多指标，以及 first 得分最低的三条样本。");
    public static readonly Text ExampleFiles = new("Numbers and answers as files for other programs.", "将数值和回答写入文件，供其他程序使用。");
    public static readonly Text ExampleAdapter = new("A model with an adapter.", "带适配器的模型。");
    public static readonly Text AsTrained = new("As in the run {0}: {1}. An option of that name overrides it.", "与运行 {0} 一致：{1}。可用同名选项覆盖。");
    public static readonly Text LeftOut = new("{0}: {1} rows are longer than the model's context and are left out.", "{0}：{1} 条样本超出模型的上下文长度，未参与评估。");
    public static readonly Text Answering = new("{0}: {1} of {2} answers", "{0}：已回答 {1}/{2}");
    public static readonly Text ColumnMetric = new("metric", "指标");
    public static readonly Text ColumnChange = new("change", "变化");
    public static readonly Text Difference = new("{0} against {1}, row by row: {2} {3} on average, 95 % interval {4} to {5}, {6}.", "{0} 与 {1} 逐条比较：{2} 平均 {3}，95% 区间 {4} 至 {5}，{6}。");
    public static readonly Text NoAnswers = new("{0}: no row ends with an answer, so nothing was generated; only loss, perplexity and bits_per_byte can be measured.", "{0}：没有以回答结尾的样本，因此未生成回答；只能计算 loss、perplexity 和 bits_per_byte。");
    public static readonly Text WorstRows = new("Rows that {0} does worst on, by {1}:", "{0} 得分最低的样本（{1}）：");
    public static readonly Text BestRows = new("Rows that {0} does best on, by {1}:", "{0} 得分最高的样本（{1}）：");
    public static readonly Text RowScore = new("{0}: {1}", "{0}：{1}");
    public static readonly Text ColumnModel = new("model", "模型");
    public static readonly Text ColumnRows = new("rows", "样本数");
    public static readonly Text ColumnTokens = new("tokens", "词元");
    public static readonly Text ColumnLoss = new("loss", "损失");
    public static readonly Text ColumnPerplexity = new("perplexity", "困惑度");
    public static readonly Text ColumnExact = new("exact match", "精确匹配");
    public static readonly Text Question = new("Question: {0}", "问题：{0}");
    public static readonly Text Reference = new("Reference: {0}", "参考：{0}");
    public static readonly Text Answer = new("{0}: {1}", "{0}：{1}");
}
