namespace TuneSharp.Cli.Texts;

internal static class EvalTexts
{
    public static readonly Text Summary = new("Measure models on a file: loss, perplexity, exact match. Several models make one table.", "在文件上评估模型：损失、困惑度、精确匹配。多个模型汇成一张表。");
    public static readonly Text Details = new(
        "The loss counts the answers' tokens only. Exact match asks the model for the last answer of each row (always the most likely token) and counts those that equal the reference, white space at both ends aside.",
        "损失只计算回答部分的词元。精确匹配让模型回答每条样本的最后一个问题（总取最可能的词元），统计与参考答案相同的比例（忽略首尾空白）。");

    public static readonly Text Models = new("Models or runs: a folder, a name in the model store, the name of a run.", "模型或运行：文件夹、模型库中的名称或运行名称。");
    public static readonly Text Adapter = new("Adapter to put on each of the models: a folder, or a run.", "加在每个模型上的适配器：文件夹或运行。");
    public static readonly Text Data = new("Rows to measure on.", "用于评估的数据文件。");
    public static readonly Text MaxNewTokens = new("Longest answer in tokens.", "回答的最大词元数。");
    public static readonly Text MaxSamples = new("Use at most so many rows.", "最多使用的样本数。");
    public static readonly Text LossOnly = new("Do not generate answers.", "不生成回答。");
    public static readonly Text Show = new("Show so many answers beside the reference.", "显示若干回答及其参考答案。");
    public static readonly Text Threads = new("Processor threads; one for each core if it is not given.", "计算线程数；缺省为每个核心一个。");
    public static readonly Text ExampleRun = new("The result of the run first beside its base model.", "比较运行 first 的结果与其基础模型。");
    public static readonly Text ExampleAdapter = new("A model with an adapter.", "带适配器的模型。");
    public static readonly Text LeftOut = new("{0}: {1} rows are longer than the model's context and are left out.", "{0}：{1} 条样本超出模型的上下文长度，未参与评估。");
    public static readonly Text Answering = new("{0}: {1} of {2} answers", "{0}：已回答 {1}/{2}");
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
