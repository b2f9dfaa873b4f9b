namespace TuneSharp.Cli.Texts;

internal static class PlanTexts
{
    public static readonly Text Summary = new("Propose method, rank, batch and length for a model, your rows and your memory, each with its reason.", "根据模型、数据和内存推荐方法、秩、批大小与长度，并说明理由。");
    public static readonly Text Model = new("The base model: a folder, a GGUF file, or a name in the model store.", "基座模型：文件夹、GGUF 文件或模型库中的名称。");
    public static readonly Text Data = new("The rows to learn from.", "训练数据。");
    public static readonly Text Memory = new("What the run may take, as 8GB or 6000MB (default: what is free now).", "允许占用的内存，例如 8GB 或 6000MB（默认为当前可用内存）。");
    public static readonly Text Out = new("Write the recipe into this file.", "将配方写入此文件。");
    public static readonly Text Example = new("A plan for eight gigabytes, as a recipe", "在 8 GB 内存下的方案，并写成配方");
    public static readonly Text ColumnKey = new("key", "键");
    public static readonly Text ColumnValue = new("value", "值");
    public static readonly Text ColumnReason = new("reason", "理由");
    public static readonly Text Foot = new("{0} rows, {1} steps, about {2:0.0} GB of the {3:0.0} GB.", "{0} 条数据，{1} 步，约占用 {2:0.0} GB（共 {3:0.0} GB）。");
    public static readonly Text Written = new("Start it with: tunesharp train {0}", "启动：tunesharp train {0}");
    public static readonly Text HowToWrite = new("--out recipe.yaml writes it as a recipe for `tunesharp train`.", "加上 --out recipe.yaml 可写成 `tunesharp train` 的配方。");
}
