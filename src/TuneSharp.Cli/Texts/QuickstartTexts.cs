namespace TuneSharp.Cli.Texts;

internal static class QuickstartTexts
{
    public static readonly Text Summary = new("See it work: fine-tune the embedded model on the embedded dataset, before and after.", "快速体验：用内置数据微调内置模型，并比较前后效果。");
    public static readonly Text Details = new(
        "Measures the base model on rows that it has never seen, trains a LoRA adapter with a progress bar, measures again, and shows three answers side by side. Takes under two minutes on two cores and needs no network.",
        "先在模型从未见过的数据上评估基础模型，然后训练 LoRA 适配器并显示进度，再次评估，并并排显示三个回答。两个核心上不到两分钟，无需联网。");

    public static readonly Text Example = new("The whole tour.", "完整流程。");
    public static readonly Text Measuring = new("Measuring the base model {0} on the validation rows …", "正在用验证数据评估基础模型 {0}……");
    public static readonly Text Training = new("Fine-tuning with LoRA …", "正在用 LoRA 微调……");
    public static readonly Text Before = new("before", "微调前");
    public static readonly Text After = new("after", "微调后");
    public static readonly Text Table = new("{0} validation rows, before and after:", "{0} 条验证样本，微调前后对比：");
    public static readonly Text Done = new("Done in {0}. Everything about this run lies in {1}", "用时 {0}。本次运行的全部内容位于 {1}");
    public static readonly Text Next = new("Next: talk to it with `tunesharp chat {0}` (/base and /tuned switch), then train on your own rows: `tunesharp train --help`.", "接下来：用 `tunesharp chat {0}` 与它对话（/base 和 /tuned 切换），再用自己的数据训练：`tunesharp train --help`。");
}
