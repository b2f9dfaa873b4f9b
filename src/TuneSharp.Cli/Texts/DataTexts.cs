namespace TuneSharp.Cli.Texts;

internal static class DataTexts
{
    public static readonly Text Summary = new("Look at a dataset: what is in it, what is wrong, what is learned.", "查看数据集：内容、问题、学习哪些部分。");
    public static readonly Text CheckSummary = new("Format, counts, lengths, and every problem with row, line and field.", "格式、数量、长度，以及每个问题所在的样本、行和字段。");
    public static readonly Text ShowSummary = new("One row, token by token: learned or only context.", "逐个词元显示一条样本：参与学习，或仅作上下文。");
    public static readonly Text File = new("A dataset: .jsonl, .json, .csv, .tsv, .xlsx, .parquet, .arrow or .txt.", "数据集文件：.jsonl、.json、.csv、.tsv、.xlsx、.parquet、.arrow 或 .txt。");
    public static readonly Text Format = new("Form of the rows; auto lets the keys decide.", "样本的格式；auto 由字段名判断。");
    public static readonly Text Model = new("Model whose tokens are counted; without it characters are.", "用哪个模型的词元计数；不给则按字符计数。");
    public static readonly Text ShowModel = new("Model whose tokenizer and chat template are used.", "使用哪个模型的分词器和对话模板。");
    public static readonly Text Row = new("Number of the row, from 1.", "样本编号，从 1 开始。");
    public static readonly Text System = new("System text for rows that have none.", "为没有系统提示的样本加上的系统提示。");
    public static readonly Text TrainOnPrompt = new("Learn the prompt as well.", "同时学习提示部分。");
    public static readonly Text CheckExample = new("Count in a model's tokens.", "按模型的词元计数。");
    public static readonly Text ShowExample = new("The second row as the model sees it.", "查看模型眼中的第二条样本。");
    public static readonly Text IsFormat = new("Format: {0} ({1}), {2}", "格式：{0}（{1}），{2}") { HoldsMessages = true };
    public static readonly Text Rows = new("Rows: {0} usable, {1} duplicates, {2} answers to learn", "样本：可用 {0}，重复 {1}，要学习的回答 {2}");
    public static readonly Text Lengths = new("Lengths in {0}: shortest {1}, median {2}, 90 % up to {3}, 99 % up to {4}, longest {5}, {6} in all", "长度（{0}）：最短 {1}，中位数 {2}，90% 不超过 {3}，99% 不超过 {4}，最长 {5}，合计 {6}");
    public static readonly Text Tokens = new("tokens", "词元");
    public static readonly Text Characters = new("characters", "字符");
    public static readonly Text Errors = new("{0} errors, {1} warnings:", "{0} 个错误，{1} 个警告：");
    public static readonly Text ErrorWord = new("error", "错误");
    public static readonly Text WarningWord = new("warning", "警告");
    public static readonly Text Colon = new(": ", "：");
    public static readonly Text MoreProblems = new("… {0} more", "……还有 {0} 个");
    public static readonly Text Clean = new("Nothing stands in the way of training on every row.", "所有样本都可以用于训练。");
    public static readonly Text PromptFormat = new("A prompt of your own with columns in braces; with the answer column in it, it is the whole text.", "自定义提示，花括号中写列名；若包含回答列，则为完整文本。");
    public static readonly Text AnswerColumn = new("The column that is learned, with --prompt_format.", "要学习的列，与 --prompt_format 配合。");
    public static readonly Text TextColumn = new("The column of plain texts, where it is not called text.", "纯文本所在的列（列名不是 text 时）。");
    public static readonly Text Encoding = new("Encoding of the file: auto, utf-8, gb18030, …", "文件编码：auto、utf-8、gb18030 等。");
    public static readonly Text ConvertSummary = new("Write a dataset in another form, as JSON lines.", "把数据集转换为另一种格式（JSON Lines）。");
    public static readonly Text ConvertDetails = new("Columns that the form does not know are carried over. Whatever the new form cannot hold is named with row and field; a row that it cannot hold at all is left out and named.", "未知的列会原样保留。新格式无法容纳的内容会按样本和字段列出；整条样本都无法容纳时会跳过并列出。");
    public static readonly Text Template = new("How conversations are written, in the place of the model's own way: qwen, llama3, alpaca-format, …, or a file.", "对话的书写方式（代替模型自带的）：qwen、llama3、alpaca-format 等，或一个文件。");
    public static readonly Text TrainOnlyAfter = new("Learn only what stands behind this text.", "只学习该文本之后的内容。");
    public static readonly Text LastTurnOnly = new("Learn the last answer only.", "只学习最后一个回答。");
    public static readonly Text ConvertExample = new("A table becomes conversations.", "把表格转换为对话。");
    public static readonly Text ConvertColumnsExample = new("Columns of your own become prompts and answers.", "把自定义的列转换为提示和回答。");
    public static readonly Text To = new("The new form: messages, alpaca or prompt-completion.", "目标格式：messages、alpaca 或 prompt-completion。");
    public static readonly Text Out = new("A new file; without it the rows go to the standard output.", "新文件；不给则写到标准输出。");
    public static readonly Text SkipBrokenRows = new("Leave out rows that cannot be read, and count them.", "跳过无法读取的样本并计数。");
    public static readonly Text Converted = new("{0} rows written.", "已写入 {0} 条样本。");
    public static readonly Text Converting = new("{0} rows", "{0} 条样本");
    public static readonly Text BrokenLeftOut = new("{0} broken rows were left out:", "跳过了 {0} 条有错误的样本：");
    public static readonly Text NothingLost = new("Nothing was lost.", "没有丢失任何内容。");
    public static readonly Text Lost = new("{0} things could not be carried over ({1} whole rows among them):", "有 {0} 处内容无法保留（其中 {1} 条样本整条无法保留）：");
    public static readonly Text OtherTask = new("This is a {0} dataset. It can be checked; training on it is another task than fine-tuning on answers.", "这是 {0} 数据集：可以检查，但用它训练属于另一种任务，不是基于回答的微调。");
    public static readonly Text Legend = new("{0} tokens, {1} learned (marked +); the others are context.", "共 {0} 个词元，学习其中 {1} 个（标 +），其余为上下文。");
}
