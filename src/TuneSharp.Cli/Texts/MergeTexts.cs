namespace TuneSharp.Cli.Texts;

internal static class MergeTexts
{
    public static readonly Text Summary = new("Make one model of a base and its adapters, and prove that it is the same.", "将基础模型与适配器合并为一个模型，并验证结果一致。");
    public static readonly Text Details = new(
        "The result is an ordinary Hugging Face folder: weights under the base's file names, tokenizer, chat template, config.json. Base and adapters are asked first; the new folder is read back from the disk and asked the same. It gets its name only if the answers agree; nothing is written over.",
        "结果是普通的 Hugging Face 文件夹：权重沿用基础模型的文件名，并含分词器、对话模板和 config.json。合并前先让带适配器的基础模型回答若干测试提示，再从磁盘读回合并后的模型回答同样的提示；结果一致才会保留。任何文件都不会被覆盖。");

    public static readonly Text Several = new(
        "Several adapters add up. A scale multiplies what an adapter does: --scale once for all, once for each --adapter, or behind the folder as in runs/a/adapter@0.5.",
        "多个适配器的效果相加。系数乘以适配器的效果：--scale 给出一次则用于全部，或每个 --adapter 各一次，也可写在文件夹之后，如 runs/a/adapter@0.5。");

    public static readonly Text Model = new("The base: a model folder, a name in the model store, or a run (then its adapter is meant where none is given).", "基础模型：模型文件夹、模型库中的名称或运行名称（未给出适配器时使用该运行的适配器）。");
    public static readonly Text Adapter = new("Adapter: a folder, or a run. May be given several times.", "适配器：文件夹或运行，可多次给出。");
    public static readonly Text Scale = new("Multiplies what the adapters do; 1 is as trained.", "适配器效果的系数；1 为训练时的强度。");
    public static readonly Text Out = new("Folder of the new model.", "新模型的文件夹。");
    public static readonly Text DType = new("How the weights are stored: auto (as in the base), float32, bfloat16, float16.", "权重的存储类型：auto（与基础模型一致）、float32、bfloat16、float16。");
    public static readonly Text Probe = new("A text to compare the answers on, in place of the program's own; may be given several times.", "用于比较的文本，代替内置文本；可多次给出。");
    public static readonly Text Json = new("Write the report as JSON.", "以 JSON 输出报告。");
    public static readonly Text ExampleRun = new("The adapter of the run first, into its base.", "将运行 first 的适配器合并到其基础模型。");
    public static readonly Text ExampleTwo = new("Two adapters, the second at half strength.", "两个适配器，第二个为一半强度。");
    public static readonly Text Probing = new("Asking base and adapters …", "正在让基础模型与适配器回答测试提示……");
    public static readonly Text Converting = new("Decoding the GGUF base: {0} of {1} MB, {2} left", "解码 GGUF 基础模型：{0}/{1} MB，剩余 {2}");
    public static readonly Text Writing = new("Writing: {0} of {1} MB, {2} left", "写入：{0}/{1} MB，剩余 {2}");
    public static readonly Text Checking = new("Reading the new model back and asking it the same …", "正在读回新模型并回答同样的测试提示……");
    public static readonly Text Done = new("Merged into {0}: {1} of {2} tensors changed, {3} MB, {4}.", "已合并到 {0}：{2} 个张量中改变了 {1} 个，{3} MB，{4}。");
    public static readonly Text Proof = new("Proof: the adapters change the logits by up to {0}; the new model from the disk differs from base and adapters by {1}.", "验证：适配器使 logits 最多改变 {0}；从磁盘读回的新模型与带适配器的基础模型相差 {1}。");
    public static readonly Text SameText = new("Both write the same text to all probes.", "两者对所有测试文本写出相同的内容。");
    public static readonly Text OtherText = new("Their texts differ somewhere: {0} weights are rounded. With --dtype float32 they would agree further.", "两者的文本有差异：权重以 {0} 舍入。使用 --dtype float32 会更一致。");
}
