namespace TuneSharp.Cli.Texts;

internal static class ChatTexts
{
    public static readonly Text Summary = new("Talk to a model or to the result of a run.", "与模型或某次运行的结果对话。");
    public static readonly Text Details = new(
        "Answers stream as they are written; the conversation is remembered. Within the chat: /base and /tuned switch all adapters off and on, /adapter NAME on|off|SCALE one of them, /save FILE writes the conversation as a row to train on, /system TEXT, /clear, /help, /exit. Ctrl-C ends an answer.",
        "回答以流式显示，并保留对话上下文。对话中可用：/base 和 /tuned 关闭或启用全部适配器，/adapter 名称 on|off|系数 控制其中一个，/save 文件 将对话保存为一条可用于训练的样本，/system 文本，/clear，/help，/exit。Ctrl-C 中止回答。");

    public static readonly Text Sampling = new(
        "Below are the most used settings of sampling; docs/settings.md lists all (mirostat, XTC, DRY, beam search, biases, lengths, …), each of which is an option too.",
        "下面是常用的采样设置；docs/settings.zh-CN.md 列出全部（mirostat、XTC、DRY、束搜索、偏置、长度等），每个都可作为选项。");

    public static readonly Text Adapter = new("Adapter: a folder or a run; NAME=FOLDER gives it a name, FOLDER@0.5 a scale. Several add up.", "适配器：文件夹或运行；名称=文件夹 为其命名，文件夹@0.5 设置系数。多个适配器的效果相加。");
    public static readonly Text ExampleAdapters = new("Two adapters together, the second at half strength.", "同时使用两个适配器，第二个为一半强度。");
    public static readonly Text AdapterOn = new("{0}: on, scale {1}", "{0}：启用，系数 {1}");
    public static readonly Text AdapterOff = new("{0}: off", "{0}：关闭");
    public static readonly Text ColumnToken = new("token", "词元");
    public static readonly Text ColumnLogprob = new("log-probability", "对数概率");
    public static readonly Text ColumnBest = new("best ones", "最佳词元");
    public static readonly Text NoAdapters = new("There is no adapter.", "没有适配器。");
    public static readonly Text AdapterUsage = new("/adapter shows them, /adapter NAME on, /adapter NAME off, /adapter NAME 0.5", "/adapter 显示全部，/adapter 名称 on，/adapter 名称 off，/adapter 名称 0.5");
    public static readonly Text Piped = new("Without a keyboard each line of the input is a question and each answer ends with a line break.", "输入来自管道时，每行是一个问题，每个回答以换行结束。");
    public static readonly Text Model = new("A model folder, a name in the model store, or a run.", "模型文件夹、模型库中的名称或运行名称。");
    public static readonly Text System = new("System text: who the model is to be.", "系统提示：设定模型的角色。");
    public static readonly Text ExampleRun = new("Talk to the result of the run first.", "与运行 first 的结果对话。");
    public static readonly Text ExampleOptions = new("A base model, always the most likely token.", "基础模型，总取最可能的词元。");
    public static readonly Text ExamplePiped = new("One question from a script.", "在脚本中提一个问题。");
    public static readonly Text Welcome = new("You talk to {0}. /help shows the commands, /exit ends.", "正在与 {0} 对话。/help 显示命令，/exit 结束。");
    public static readonly Text Base = new("The base model answers now.", "现在由基础模型回答。");
    public static readonly Text Tuned = new("The tuned model answers now.", "现在由微调后的模型回答。");
    public static readonly Text Saved = new("Saved as {0}", "已保存为 {0}");
    public static readonly Text Cleared = new("The conversation begins anew.", "对话重新开始。");
    public static readonly Text SystemSet = new("The system text is set.", "系统提示已设置。");
    public static readonly Text SaveNeedsName = new("Say where: /save FILE", "请给出文件名：/save 文件");
    public static readonly Text UnknownCommand = new("'{0}' is not a command of the chat; /help shows them.", "“{0}”不是对话命令；/help 显示全部命令。");
    public static readonly Text Commands = new(
        "/base         the model without adapters\n/tuned        the model with its adapters\n/adapter …    show them; NAME on, NAME off, NAME 0.5 (scale)\n/save FILE    write the conversation as one row of JSONL\n/system TEXT  set the system text (nothing removes it)\n/clear        forget the conversation\n/exit         end",
        "/base         不带适配器的模型\n/tuned        带适配器的模型\n/adapter …    显示适配器；名称 on、名称 off、名称 0.5（系数）\n/save 文件    将对话保存为一行 JSONL\n/system 文本  设置系统提示（不填则删除）\n/clear        清空对话\n/exit         结束");
}
