namespace TuneSharp.Cli.Texts;

internal static class HelpTexts
{
    public static readonly Text Usage = new("Usage: {0}", "用法：{0}");
    public static readonly Text Commands = new("Commands:", "命令：");
    public static readonly Text Arguments = new("Arguments:", "参数：");
    public static readonly Text Options = new("Options:", "选项：");
    public static readonly Text GlobalOptions = new("For every command:", "所有命令通用：");
    public static readonly Text Examples = new("Examples:", "示例：");

    public static readonly Text Root = new(
        "TuneSharp fine-tunes a language model on your data, measures whether it got better, and lets you talk to it.",
        "TuneSharp：用您的数据微调语言模型，衡量效果是否变好，并与模型对话。");

    public static readonly Text Start = new("Begin with `tunesharp quickstart`. Every command has its own page: `tunesharp train --help`.", "先运行 `tunesharp quickstart`。每个命令都有自己的说明页：`tunesharp train --help`。");
    public static readonly Text ExitCodes = new(
        "Exit codes: 0 all is well; 1 a run or a measurement failed; 2 something that was given cannot be used (option, file, setting); 130 stopped by Ctrl-C.",
        "退出码：0 成功；1 运行或评估失败；2 给出的选项、文件或设置无法使用；130 由 Ctrl-C 停止。");

    public static readonly Text Home = new("Folder for runs, models and datasets. Default: TUNESHARP_HOME, else `tunesharp` in your data folder.", "存放运行、模型和数据集的文件夹。默认：TUNESHARP_HOME，否则为用户数据目录下的 `tunesharp`。");
    public static readonly Text Lang = new("Language of the messages: en or zh. Default: as LANG says.", "界面语言：en 或 zh。默认取自 LANG。");
    public static readonly Text Help = new("Show this page.", "显示本页。");
    public static readonly Text Version = new("Show the version.", "显示版本。");
}
