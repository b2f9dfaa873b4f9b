namespace TuneSharp.Cli.Texts;

internal static class CommonTexts
{
    public static readonly Text Error = new("Error: {0}", "错误：{0}") { HoldsMessages = true };
    public static readonly Text Note = new("Note: {0}", "提示：{0}") { HoldsMessages = true };
    public static readonly Text SeeHelp = new("`{0}` shows what is possible.", "运行 `{0}` 查看用法。");
    public static readonly Text UnknownToken = new("'{0}' is not known here.", "无法识别“{0}”。");
    public static readonly Text UnknownTokenNear = new("'{0}' is not known here. Did you mean '{1}'?", "无法识别“{0}”。是否想输入“{1}”？");
    public static readonly Text Defect = new("Something went wrong that should not: {0} The details are in {1}; please report them.", "发生了意外错误：{0} 详情见 {1}，请反馈给开发者。");
}
