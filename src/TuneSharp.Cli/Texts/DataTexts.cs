namespace TuneSharp.Cli.Texts;

internal static class DataTexts
{
    public static readonly Text Summary = new("Look at a dataset: what is in it, what is wrong, what is learned.", "查看数据集：内容、问题、学习哪些部分。");
    public static readonly Text CheckSummary = new("Format, counts, lengths, and every problem with row, line and field.", "格式、数量、长度，以及每个问题所在的行和字段。");
    public static readonly Text ShowSummary = new("One row, token by token: learned or only context.", "逐个词元显示一行：被学习或仅作上下文。");
    public static readonly Text File = new("A .json, .jsonl or .txt file.", ".json、.jsonl 或 .txt 文件。");
    public static readonly Text Format = new("Form of the rows; auto lets the keys decide.", "数据行格式；auto 由字段名判断。");
    public static readonly Text Model = new("Model whose tokens are counted; without it characters are.", "用哪个模型的词元计数；不给则按字符计数。");
    public static readonly Text ShowModel = new("Model whose tokenizer and chat template are used.", "使用哪个模型的分词器和对话模板。");
    public static readonly Text Row = new("Number of the row, from 1.", "行号，从 1 开始。");
    public static readonly Text System = new("System text for rows that have none.", "为没有系统提示的行加上的系统提示。");
    public static readonly Text TrainOnPrompt = new("Learn the prompt as well.", "同时学习提示部分。");
    public static readonly Text CheckExample = new("Count in a model's tokens.", "按模型的词元计数。");
    public static readonly Text ShowExample = new("The second row as the model sees it.", "查看模型眼中的第二行。");
    public static readonly Text IsFormat = new("Format: {0} ({1}), {2}", "格式：{0}（{1}），{2}");
    public static readonly Text Rows = new("Rows: {0} usable, {1} duplicates, {2} answers to learn", "行数：可用 {0}，重复 {1}，要学习的回答 {2}");
    public static readonly Text Lengths = new("Lengths in {0}: shortest {1}, median {2}, 90 % up to {3}, 99 % up to {4}, longest {5}, {6} in all", "长度（{0}）：最短 {1}，中位数 {2}，90 % 不超过 {3}，99 % 不超过 {4}，最长 {5}，合计 {6}");
    public static readonly Text Tokens = new("tokens", "词元");
    public static readonly Text Characters = new("characters", "字符");
    public static readonly Text Errors = new("{0} errors, {1} warnings:", "{0} 个错误，{1} 个警告：");
    public static readonly Text ErrorWord = new("error", "错误");
    public static readonly Text WarningWord = new("warning", "警告");
    public static readonly Text MoreProblems = new("… {0} more", "……还有 {0} 个");
    public static readonly Text Clean = new("Nothing stands in the way of training on every row.", "每一行都可以用于训练。");
    public static readonly Text Legend = new("{0} tokens, {1} learned (marked +); the others are context.", "共 {0} 个词元，学习其中 {1} 个（标 +），其余为上下文。");
}
