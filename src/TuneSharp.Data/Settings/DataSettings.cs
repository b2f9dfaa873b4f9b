using TuneSharp.Data.Packing;
using TuneSharp.Data.RowFormats;
using TuneSharp.Formats;
using TuneSharp.Formats.Settings;

namespace TuneSharp.Data;

/// <summary>What happens to a row that is longer than <c>max_length</c>.</summary>
public enum OverlongRows
{
    /// <summary>Nothing starts; the message says how many there are and how long the longest is.</summary>
    Error,

    /// <summary>The end is cut off. The number of cut rows is reported.</summary>
    Truncate,

    /// <summary>The beginning is cut off. The number of cut rows is reported.</summary>
    TruncateStart,

    /// <summary>The row is left out. The number is reported.</summary>
    Drop,
}

/// <summary>What is learned of the rows.</summary>
public enum TrainingTask
{
    /// <summary>The next token: answers of conversations, or texts.</summary>
    CausalLm,

    /// <summary>A class, several classes or a number for each text.</summary>
    Classification,

    /// <summary>The next token of raw texts, which are laid one after the other and cut into blocks (continued pre-training).</summary>
    Pretraining,
}

/// <summary>What must stay on one side when rows are split into training, validation and test.</summary>
public enum SplitGroup
{
    /// <summary>Rows with the same question (white space and case aside), so that no validation question was ever trained on.</summary>
    Question,

    /// <summary>Rows that are the same altogether.</summary>
    Row,
}

/// <summary>Where the rows come from, how they are split, and which of their tokens are learned.</summary>
public sealed record DataSettings
{
    [Setting("The rows to learn from: a file (.jsonl, .json, .csv, .tsv, .xlsx, .parquet, .arrow, .txt), or a folder with train, validation and test files.", "训练数据：文件（.jsonl、.json、.csv、.tsv、.xlsx、.parquet、.arrow、.txt），或含 train、validation、test 文件的文件夹。",
        Aliases = ["data", "train_file", "data_path"], Example = "data/rows.jsonl")]
    public string? Dataset { get; init; }

    [Setting("A file of rows for validation; they are taken instead of a share of the dataset.", "验证集文件；给出后不再从训练数据中划分。", Aliases = ["eval_dataset", "eval_file"], Example = "data/validation.jsonl")]
    public string? ValidationFile { get; init; }

    [Setting("A file of rows for the final test.", "测试集文件。", Example = "data/test.jsonl")]
    public string? TestFile { get; init; }

    [Setting("Share of the rows that is kept for validation (below 1), or a number of rows (1 and above).", "划为验证集的比例（小于 1）或样本数（不小于 1）。", Minimum = 0, Aliases = ["val_set_size", "validation_size"],
        Advice = "0 trains on everything, and nobody can say whether the model got better.")]
    public double ValSize { get; init; } = 0.1;

    [Setting("Share of the rows that is kept for the final test (below 1), or a number of rows (1 and above).", "划为测试集的比例（小于 1）或样本数（不小于 1）。", Minimum = 0)]
    public double TestSize { get; init; }

    [Setting("Seed of the split; the run's seed if it is not given. The same seed gives the same split on every machine.", "划分数据所用的随机种子；缺省为运行种子。", Aliases = ["data_seed"])]
    public long? SplitSeed { get; init; }

    [Setting("What stays on one side of the split: question (rows that ask the same) or row (rows that are the same).", "划分时不可拆开的单位：question（提问相同的样本）或 row（完全相同的样本）。")]
    public SplitGroup SplitGroup { get; init; } = SplitGroup.Question;

    [Setting("What is learned of the rows: causal_lm (answers and texts), pretraining (raw texts, joined and cut into blocks) or classification (a label for each text).", "从样本中学习什么：causal_lm（回答与文本）、pretraining（连续文本，拼接后切块）或 classification（每条文本一个标签）。", Example = "classification")]
    public TrainingTask Task { get; init; } = TrainingTask.CausalLm;

    [Setting("The form of the rows: auto (the keys decide), alpaca, messages, sharegpt, prompt_completion, question_response, human_assistant_pairs or text.",
        "样本的格式：auto（由字段名判断）、alpaca、messages、sharegpt、prompt_completion、question_response、human_assistant_pairs 或 text。", Aliases = ["dataset_format", "formatting"])]
    public string Format { get; init; } = RowFormatCatalog.Auto;

    [Setting("A prompt of your own: a text with columns in braces. With answer_column in it, it is the whole text, and no chat template is put around it.", "自定义提示：花括号中写列名的文本。若其中含有 answer_column，则它就是完整文本，不再套用对话模板。",
        Aliases = ["user_prompt_format"], Example = "Summarize this conversation.\\n\\n{dialogue}", Advice = "For rows whose columns no format knows. {{ and }} are single braces.")]
    public string? PromptFormat { get; init; }

    [Setting("The column that holds the answer, with prompt_format.", "与 prompt_format 配合：存放回答的列。", Aliases = ["response_column", "field_output", "completion_column"], Example = "summary")]
    public string? AnswerColumn { get; init; }

    [Setting("The column of plain texts or of texts to classify, where it has none of the usual names (text, sentence, content, 文本, …).", "纯文本或待分类文本所在的列（列名不是 text、sentence、content、文本 等常用名时）。", Aliases = ["dataset_text_field"], Example = "content")]
    public string? TextColumn { get; init; }

    [Setting("With task classification: the column of the second text, for pairs such as question and passage.", "用于分类任务：第二段文本所在的列（如问题与段落成对时）。", Aliases = ["text_column_2"], Example = "passage")]
    public string? TextPairColumn { get; init; }

    [Setting("With task classification: the column of the labels, where it is not called label, labels, intent, category or 标签.", "用于分类任务：标签所在的列（列名不是 label、labels、intent、category、标签 时）。", Aliases = ["label_column_name"], Example = "sentiment")]
    public string? LabelColumn { get; init; }

    [Setting("With task classification: what stands between several labels in one cell. It makes the task a multi-label one.", "用于分类任务：同一单元格中多个标签之间的分隔符；给出后即为多标签任务。", Aliases = ["label_delimiter"], Example = "|")]
    public string? LabelSeparator { get; init; }

    [Setting("Encoding of the files: auto, utf-8, gb18030 or another name. auto knows UTF-8 and UTF-16, and GB18030 in tables and texts.", "文件编码：auto、utf-8、gb18030 或其他名称。auto 可识别 UTF-8、UTF-16，以及表格和文本中的 GB18030。",
        Aliases = ["file_encoding"])]
    public string Encoding { get; init; } = "auto";

    [Setting("How conversations are written: a name of LLaMA-Factory's (qwen, llama3, alpaca, …), one of text-generation-webui's prompt formats (alpaca-format, …), or the path of a .jinja chat template or a .json prompt format.", "对话的书写方式：LLaMA-Factory 的模板名（qwen、llama3、alpaca 等）、text-generation-webui 的提示格式名（alpaca-format 等），或 .jinja 对话模板、.json 提示格式文件的路径。",
        Aliases = ["chat_template_path"], Example = "qwen", Advice = "Leave it out for a model that brings its own chat template.")]
    public string? Template { get; init; }

    [Setting("Learn only what stands behind this text; for plain texts and prompt formats.", "只学习该文本之后的内容（用于纯文本和提示格式）。", Example = "### Response:\\n")]
    public string? TrainOnlyAfter { get; init; }

    [Setting("The same by token ids, as TRL's old completion-only collator: what stands behind the last occurrence is learned, a row without one learns nothing.", "同上，但按词元查找（TRL 旧的 completion-only 方式）：学习最后一次出现之后的内容；未出现的样本不学习。",
        Advice = "Prefer train_only_after: token ids of a text depend on what stands beside it.")]
    public string? ResponseTemplate { get; init; }

    [Setting("System text for conversations that have none of their own.", "为没有系统提示的对话加上的系统提示。", Aliases = ["default_system", "system_prompt"], Example = "You answer in one sentence.")]
    public string? System { get; init; }

    [Setting("Longest row in tokens; if it is not given, the longest row up to the model's context.", "每条样本的最大长度；缺省为最长样本的长度，但不超过模型的上下文长度。", Unit = "tokens", Minimum = 2,
        Aliases = ["cutoff_len", "max_seq_length", "max_seq_len", "sequence_len"], Advice = "Time and memory grow with the longest row. `data check` shows how many rows each limit would cut.")]
    public int? MaxLength { get; init; }

    [Setting("What happens to rows that are longer: error, truncate (the end is lost), truncate_start (the beginning is lost) or drop.", "过长的样本如何处理：error（报错）、truncate（截去结尾）、truncate_start（截去开头）或 drop（丢弃）。", Aliases = ["excess_length", "excess_length_strategy"])]
    public OverlongRows OverlongRows { get; init; } = OverlongRows.Error;

    [Setting("Put several short rows into one row of the batch, up to max_length: none, bfd (best fit), bfd_split, wrapped or knapsack. Rows never see each other, and positions begin at 0 in each.", "样本打包：把多条短样本拼入批次的一行（不超过 max_length）：none、bfd（最佳适配）、bfd_split、wrapped 或 knapsack。各样本互不可见，位置各自从 0 开始。",
        Advice = "bfd where lengths differ much: every batch then has about the same number of tokens. bfd_split and wrapped cut rows that are longer.", Example = "bfd")]
    public PackingStrategy Packing { get; init; } = PackingStrategy.None;

    [Setting("Take a prompt and its completion as one text that goes on, without the chat template; for base models. Conversations of more turns still use the template.", "把 prompt 与 completion 当作一段连续文本，不套用对话模板（适合基础模型）；多轮对话仍使用模板。")]
    public bool PlainCompletion { get; init; }

    [Setting("Learn exactly what the template's {% generation %} blocks mark, and refuse a template without them. Otherwise answers are found without such marks too.", "只学习对话模板中 {% generation %} 标记的部分，模板没有标记时报错；否则没有标记也能找到回答。")]
    public bool AssistantOnlyLoss { get; init; }

    [Setting("Learn the prompt as well, not the answers alone.", "同时学习提示部分，而不仅是回答。", Aliases = ["train_on_inputs"])]
    public bool TrainOnPrompt { get; init; }

    [Setting("Learn the last answer of a conversation only.", "只学习对话的最后一个回答。", Aliases = ["mask_history", "only_last_answer"])]
    public bool LastTurnOnly { get; init; }

    [Setting("Use at most so many rows, the first ones of the file.", "最多使用的样本数（取文件开头）。", Unit = "rows", Minimum = 1)]
    public int? MaxSamples { get; init; }

    [Setting("Leave out rows that cannot be read, and count them. Otherwise the first one stops the work.", "跳过无法读取的样本并计数；否则遇到第一条即停止。")]
    public bool SkipBrokenRows { get; init; }

    [Setting("Length of the blocks that texts are cut into for pre-training; max_length or the model's context if it is not given.", "预训练文本块的长度；缺省为 max_length 或模型上下文长度。", Unit = "tokens", Minimum = 2)]
    public int? BlockSize { get; init; }

    [Setting("Tokens that a block of text repeats from the one before it.", "文本块与前一块重叠的词元数。", Unit = "tokens", Minimum = 0, Aliases = ["overlap_len"])]
    public int StrideLength { get; init; }

    [Setting("Cut texts as text-generation-webui's classic trainer does: at this string, then into blocks that end at a line break.", "按 text-generation-webui 经典方式切分文本：先在此字符串处切开，再切成以换行结尾的块。", Example = "\\n\\n\\n")]
    public string? HardCutString { get; init; }

    [Setting("How far from a block's ends a line break may be to be preferred as its end (classic cutting).", "块首尾多少字符以内的换行会被优先作为边界（经典切分）。", Unit = "characters", Minimum = 0)]
    public int? NewlineFavorLen { get; init; }

    [Setting("Pieces between hard cuts that have no more characters are left out (classic cutting).", "硬切分之间不超过此长度的片段会被丢弃（经典切分）。", Unit = "characters", Minimum = 0)]
    public int MinChars { get; init; }

    /// <summary>Checks every value by itself and together with the others.</summary>
    /// <exception cref="InvalidInputException">Names the key, the value, the limit and what to do.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(Dataset)) throw new InvalidInputException("No dataset is named.", "dataset", "Give the path of a file, such as rows.jsonl, rows.csv or rows.parquet.");
        CheckSize("val_size", ValSize);
        CheckSize("test_size", TestSize);
        if (ValSize < 1 && TestSize < 1 && ValSize + TestSize >= 1)
            throw new InvalidInputException($"val_size {ValSize} and test_size {TestSize} leave nothing to train on.", "val_size", "Let them add up to less than 1.");
        if (MaxLength is < 2) throw new InvalidInputException($"max_length is {MaxLength}; a row needs at least 2 tokens.", "max_length", "Give a number of tokens such as 1024, or leave it out.");
        if (BlockSize is < 2) throw new InvalidInputException($"block_size is {BlockSize}; a block needs at least 2 tokens.", "block_size", "Give a number of tokens such as 512.");
        if (MaxSamples is < 1) throw new InvalidInputException($"max_samples is {MaxSamples}; at least 1 row is needed.", "max_samples", "Give a number of rows, or leave it out.");
        if (!Enum.IsDefined(OverlongRows)) throw new InvalidInputException($"overlong_rows is {OverlongRows}.", "overlong_rows", "Give error, truncate, truncate_start or drop.");
        if (!Enum.IsDefined(Packing)) throw new InvalidInputException($"packing is {Packing}.", "packing", "Give none, bfd, bfd_split, wrapped or knapsack.");
        if (AssistantOnlyLoss && TrainOnPrompt) throw new InvalidInputException("assistant_only_loss learns the answers alone, train_on_prompt everything.", "assistant_only_loss", "Remove one of them.");
        if (!Enum.IsDefined(SplitGroup)) throw new InvalidInputException($"split_group is {SplitGroup}.", "split_group", "Give question or row.");
        if (StrideLength < 0) throw new InvalidInputException($"stride_length is {StrideLength}.", "stride_length", "Give 0 or a number of tokens below block_size.");
        if (NewlineFavorLen is < 0) throw new InvalidInputException($"newline_favor_len is {NewlineFavorLen}.", "newline_favor_len", "Give a number of characters such as 128, or leave it out.");
        if (MinChars < 0) throw new InvalidInputException($"min_chars is {MinChars}.", "min_chars", "Give 0 or more characters.");
        if (TrainOnlyAfter is { Length: 0 } || ResponseTemplate is { Length: 0 }) throw new InvalidInputException("The text to look for is empty.", TrainOnlyAfter is null ? "response_template" : "train_only_after", "Give a text, or leave it out.");
        if (!Enum.IsDefined(Task)) throw new InvalidInputException($"task is {Task}.", "task", "Give causal_lm, pretraining or classification.");
        if (LabelSeparator is { Length: 0 }) throw new InvalidInputException("The separator of labels is empty.", "label_separator", "Give the text that stands between two labels, such as |, or leave it out.");
        if (Task == TrainingTask.Classification) CheckClassification();
        else if (FirstOf((TextPairColumn, "text_pair_column"), (LabelColumn, "label_column"), (LabelSeparator, "label_separator")) is { } foreign)
            throw new InvalidInputException($"{foreign} is for classification.", foreign, "Set task: classification, or remove it.");
        if (TrainOnlyAfter is not null && ResponseTemplate is not null) throw new InvalidInputException("train_only_after and response_template say the same in two ways.", "response_template", "Give one of the two.");
        _ = RowReading.From(this).GivenFormat();
        Reading.TextEncodings.Check(Encoding);
    }

    // What belongs to conversations would be without effect: it is refused.
    private void CheckClassification()
    {
        string? foreign = FirstOf((PromptFormat, "prompt_format"), (AnswerColumn, "answer_column"), (Template, "template"), (System, "system"), (TrainOnlyAfter, "train_only_after"), (ResponseTemplate, "response_template"))
            ?? (Packing != PackingStrategy.None ? "packing" : TrainOnPrompt ? "train_on_prompt" : LastTurnOnly ? "last_turn_only" : AssistantOnlyLoss ? "assistant_only_loss" : PlainCompletion ? "plain_completion" : null);
        if (foreign is not null) throw new InvalidInputException($"{foreign} is for conversations and texts, and task is classification.", foreign, "Remove it, or set task: causal_lm.");
        if (Format is not (RowFormatCatalog.Auto or LabelledRows.FormatName)) throw new InvalidInputException($"format is {Format}, and task is classification.", "format", "Remove it; text_column and label_column name the columns.");
    }

    private static string? FirstOf(params (string? Value, string Key)[] settings) => Array.Find(settings, setting => setting.Value is not null).Key;

    private static void CheckSize(string key, double size)
    {
        if (size >= 0 && double.IsFinite(size) && (size < 1 || size == Math.Floor(size))) return;
        throw new InvalidInputException($"{key} is {size}.", key, "Give a share such as 0.1, or a whole number of rows.");
    }
}
