namespace TuneSharp.Cli.Texts;

internal static class CompareTexts
{
    public static readonly Text Summary = new("Let a base model and adapters answer the same prompts, side by side.", "让基础模型和各适配器回答相同的提示，并排比较。");
    public static readonly Text Details = new(
        "Each prompt draws with the same seed whoever answers, so differences come from the models. The most likely token is taken at each step unless --temperature says otherwise. A run stands for its base and its adapter.",
        "每个提示对所有模型使用相同的随机种子，差异只来自模型。除非指定 --temperature，每步取最可能的词元。运行名称代表其基础模型和适配器。");

    public static readonly Text Model = new("The base model, or a run: then its base and its adapter are compared.", "基础模型，或运行：此时比较其基础模型和适配器。");
    public static readonly Text Adapter = new("Adapter to compare: a folder, or a run. Can be given several times.", "要比较的适配器：文件夹或运行。可多次指定。");
    public static readonly Text Prompts = new("Prompts: lines of a text file, JSONL with `prompt` or messages, or any dataset.", "提示：文本文件的各行、含 `prompt` 或 messages 的 JSONL，或任意数据集。");
    public static readonly Text MaxSamples = new("Use at most so many prompts.", "最多使用的提示数。");
    public static readonly Text Out = new("Also write the answers into this file: a page to read if it ends in .html, else JSON.", "同时将回答写入该文件：以 .html 结尾则为网页，否则为 JSON。");
    public static readonly Text ExampleRun = new("The run first beside its base model.", "比较运行 first 与其基础模型。");
    public static readonly Text ExampleTwo = new("Two adapters on one base, as a page.", "同一基础模型上的两个适配器，输出为网页。");
    public static readonly Text ExampleSampled = new("Sampled answers, the same seeds for both.", "采样生成回答，两者使用相同的种子。");
    public static readonly Text Prompt = new("prompt", "提示");
    public static readonly Text Same = new("{0} of {1} answers of {2} are those of {3}.", "{2} 的 {1} 个回答中有 {0} 个与 {3} 相同。");
}
