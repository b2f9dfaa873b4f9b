namespace TuneSharp.Cli.Texts;

internal static class ModelTexts
{
    public static readonly Text Summary = new("Bring in a model, or look at one.", "导入模型或查看模型。");
    public static readonly Text ImportSummary = new("Put a GGUF file into your models, as a folder that every program reads.", "将 GGUF 文件导入模型库，转换为通用的文件夹格式。");
    public static readonly Text ImportDetails = new(
        "Weights, tokenizer, chat template and configuration are written in Hugging Face layout under models/ of the home folder. `train`, `eval`, `chat` and `merge` also take a GGUF file as it is; importing makes loading faster and gives a folder for other programs.",
        "权重、分词器、对话模板和配置以 Hugging Face 目录结构写入主文件夹的 models/。`train`、`eval`、`chat`、`merge` 也可直接使用 GGUF 文件；导入后加载更快，并得到其他程序可用的文件夹。");
    public static readonly Text ImportExample = new("The model can then be called my-model.", "之后可用 my-model 作为模型名称。");
    public static readonly Text File = new("A GGUF file.", "GGUF 文件。");
    public static readonly Text Name = new("Name of the model. Default: made from the file's name.", "模型名称。默认取自文件名。");
    public static readonly Text DType = new("Type of the written weights: auto (as stored; float32, which is exact, for a quantised file), float32, bfloat16 or float16.", "写入的权重类型：auto（与文件一致；量化文件用精确的 float32）、float32、bfloat16 或 float16。");
    public static readonly Text Json = new("Write JSON for other programs.", "输出 JSON。");
    public static readonly Text Importing = new("Weights: {0} of {1} MB, {2} left", "权重：{0} / {1} MB，剩余 {2}");
    public static readonly Text Imported = new("Imported as '{0}' into {1}: {2} tensors, {3} MB as {4}.", "已导入为“{0}”，位于 {1}：{2} 个张量，{3} MB，类型 {4}。");
    public static readonly Text Quantised = new(
        "The file is quantised ({0}): its weights were rounded to a few bits when it was made. What you have now are those rounded weights; the original ones cannot be had back from it.",
        "该文件经过量化（{0}）：制作时权重已舍入到少数几位。现在得到的就是这些舍入后的权重，无法恢复原始权重。");
    public static readonly Text NoTemplate = new("It has no chat template: `chat` and rows without one of their own use the plain one.", "没有对话模板：`chat` 和数据将使用简单模板。");
    public static readonly Text TryIt = new("Talk to it: `tunesharp chat {0}`.", "开始对话：`tunesharp chat {0}`。");
    public static readonly Text InspectSummary = new("What a model is and what it needs: sizes, types, tokenizer, template, licence, memory.", "查看模型：规模、类型、分词器、模板、许可证和所需内存。");
    public static readonly Text InspectDetails = new("Only headers are read, so it takes no longer for a large model. A name of your models, a folder or a GGUF file can be given.", "只读取文件头，大模型也同样快。可给出模型名称、文件夹或 GGUF 文件。");
    public static readonly Text InspectExample = new("One page about the file.", "关于该文件的一页说明。");
    public static readonly Text Path = new("A model: a name, a folder, or a GGUF file.", "模型：名称、文件夹或 GGUF 文件。");

    public static readonly Text Family = new("Family: {0} ({1})", "架构：{0}（{1}）");
    public static readonly Text Called = new("Name: {0}", "名称：{0}");
    public static readonly Text Usable = new("It can be trained, measured and asked here.", "可以在这里训练、评估和对话。");
    public static readonly Text UsableForRows = new("It can be trained to classify texts here, and classify them.", "可在此训练用于文本分类，并进行分类。");
    public static readonly Text Unusable = new("It cannot be used here: {0}", "无法在这里使用：{0}") { HoldsMessages = true };
    public static readonly Text Parameters = new("Parameters: {0}", "参数量：{0}");
    public static readonly Text Stored = new("Stored as: {0}", "存储类型：{0}");
    public static readonly Text StoredType = new("{0} ({1} tensors, {2} MB)", "{0}（{1} 个张量，{2} MB）");
    public static readonly Text Sizes = new("Layers: {0}, width {1}, MLP {2}, {3} heads ({4} for keys and values) of {5}", "层数：{0}，宽度 {1}，MLP {2}，注意力头 {3}（键值头 {4}），每头 {5}");
    public static readonly Text Context = new("Context: {0} tokens; rotary scaling {1}", "上下文：{0} 个词元；旋转位置编码缩放：{1}");
    public static readonly Text LearnedContext = new("Context: {0} tokens; learned positions", "上下文：{0} 个词元；可学习位置编码");
    public static readonly Text Labels = new("Labels ({0}): {1}", "标签（{0} 个）：{1}");
    public static readonly Text Head = new("Vocabulary: {0} rows; output head {1}", "词表：{0} 行；输出层：{1}");
    public static readonly Text Tied = new("shared with the embedding", "与嵌入共享");
    public static readonly Text Untied = new("its own", "独立");
    public static readonly Text Tokenizer = new("Tokenizer: {0} tokens, begin {1}, end {2}, padding {3}; {4}", "分词器：{0} 个词元，起始 {1}，结束 {2}，填充 {3}；{4}");
    public static readonly Text AddsBos = new("begins every text with the begin token", "每段文本前加起始词元");
    public static readonly Text AddsNothing = new("adds nothing to a text", "不添加特殊词元");
    public static readonly Text None = new("none", "无");
    public static readonly Text Template = new("Chat template: {0}", "对话模板：{0}");
    public static readonly Text Own = new("its own", "自带");
    public static readonly Text Licence = new("Licence: {0}", "许可证：{0}");
    public static readonly Text NotNamed = new("not named in the files", "文件中未注明");
    public static readonly Text Memory = new("Memory ({0} tokens a batch):", "所需内存（每批 {0} 个词元）：");
    public static readonly Text MemoryUse = new("use", "用途");
    public static readonly Text MemoryWeights = new("weights as", "权重类型");
    public static readonly Text MemoryNeed = new("needs", "需要");
    public static readonly Text UseInference = new("ask it", "对话");
    public static readonly Text UseLora = new("train, method lora", "训练（lora）");
    public static readonly Text UseFull = new("train, method full", "训练（full）");
}
