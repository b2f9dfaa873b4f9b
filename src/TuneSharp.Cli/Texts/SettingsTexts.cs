namespace TuneSharp.Cli.Texts;

internal static class SettingsTexts
{
    public static readonly Text Summary = new("All keys of a recipe with defaults, or one key in full.", "列出配方的所有键及默认值，或查看某个键的详情。");
    public static readonly Text Key = new("A key, or another program's name for it.", "键名，或其他程序对它的叫法。");
    public static readonly Text ExampleAll = new("The whole table.", "显示全部。");
    public static readonly Text ExampleOne = new("One key: meaning, unit, limits, other spellings.", "某个键：含义、单位、范围、其他写法。");
    public static readonly Text Markdown = new("Write the reference of all settings as Markdown.", "以 Markdown 输出全部设置的参考表。");
    public static readonly Text ColumnKey = new("key", "键");
    public static readonly Text ColumnDefault = new("default", "默认值");
    public static readonly Text ColumnMeaning = new("meaning", "含义");
    public static readonly Text Choices = new("Values: {0}", "可选值：{0}");
    public static readonly Text Unit = new("Unit: {0}", "单位：{0}");
    public static readonly Text Advice = new("Advice: {0}", "建议：{0}");
    public static readonly Text Range = new("Limits: {0}", "范围：{0}");
    public static readonly Text Aliases = new("Also understood: {0}", "其他写法：{0}");
    public static readonly Text Example = new("Example: {0}", "示例：{0}");
}
