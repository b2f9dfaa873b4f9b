using System.Text;
using TuneSharp.Application.Chatting;
using TuneSharp.Application.FineTuning;
using TuneSharp.Application.Languages;
using TuneSharp.Application.Pretraining;

namespace TuneSharp.Application.Recipes;

/// <summary>The reference of all settings as Markdown, made from the words of their owners; docs/settings.md is its output.</summary>
public static class SettingTable
{
    public static string Write(bool chinese)
    {
        var text = new StringBuilder();
        text.Append(chinese
            ? "# 所有设置\n\n由 `tunesharp settings --markdown --lang zh` 生成；请勿手改。配方文件中的每个键都可作为命令行选项 `--键 值`（`-` 与 `_` 等价），并优先于文件。\n"
            : "# All settings\n\nMade by `tunesharp settings --markdown`; not to be edited by hand. Every key of a recipe is an option of the command line too, `--key value` (`-` and `_` are the same), and wins over the file.\n");
        Section<FineTuneRequest>(text, chinese, chinese ? "微调（`tunesharp train`）" : "Fine-tuning (`tunesharp train`)");
        Section<PretrainingRequest>(text, chinese, chinese ? "预训练（`tunesharp pretrain`）另有" : "Pre-training (`tunesharp pretrain`), in addition", only: nameof(PretrainingRequest.Pretrain));
        Section<ChatRequest>(text, chinese, chinese ? "对话（`tunesharp chat`，仅命令行）" : "Chat (`tunesharp chat`, command line only)");
        return text.ToString();
    }

    private static void Section<TRequest>(StringBuilder text, bool chinese, string heading, string? only = null)
        where TRequest : new()
    {
        text.Append("\n## ").Append(heading).Append('\n');
        foreach (IGrouping<(string Name, string? Method), SettingDescription> part in SettingCatalog.For<TRequest>().All.Where(setting => only is null || setting.Part.Name == only).GroupBy(setting => (setting.Part.Name, setting.Method)))
        {
            text.Append("\n### ").Append(part.Key.Name.ToLowerInvariant()).Append(part.Key.Method is { } method ? $": {method}" : "").Append("\n\n");
            text.Append(chinese ? "| 键 | 默认值 | 含义与理由 | 单位、范围 | 其他写法 |\n" : "| key | default | meaning and why | unit, limits | other spellings |\n");
            text.Append("|---|---|---|---|---|\n");
            foreach (SettingDescription setting in part) Row(text, setting, chinese);
        }
    }

    private static void Row(StringBuilder text, SettingDescription setting, bool chinese)
    {
        string meaning = chinese ? setting.Setting.Chinese : setting.Setting.Description;
        if (setting.Setting.Advice is { } advice) meaning += chinese ? $"建议：{MessageTranslations.Chinese.Translate(advice)}" : $" Advice: {advice}";
        if (setting.Choices.Count > 0 && !setting.Choices.All(choice => meaning.Contains(choice, StringComparison.Ordinal))) meaning += $" ({string.Join(", ", setting.Choices)})";
        string limits = string.Join(chinese ? "，" : "; ", new[] { chinese && setting.Setting.Unit is { } unit ? MessageTranslations.Chinese.Translate(unit) : setting.Setting.Unit, setting.Range }.OfType<string>());
        string aliases = string.Join(", ", setting.Setting.Aliases.Select(alias => $"`{alias}`"));
        text.Append($"| `{setting.Key}` | `{Cell(setting.DefaultText)}` | {Cell(meaning)} | {Cell(limits)} | {aliases} |\n");
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace('\n', ' ');
}
