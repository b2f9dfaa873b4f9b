namespace TuneSharp.Cli.Texts;

internal static class MethodsTexts
{
    public static readonly Text Summary = new("List the tuning methods: what each trains, what it takes, when to prefer it.", "列出所有微调方法：训练什么、需要多少资源、何时选用。");
    public static readonly Text Model = new("Tell the numbers for this model (default: one of 7 billion parameters).", "以此模型计算数字（默认为 70 亿参数的模型）。");
    public static readonly Text Json = new("Write JSON.", "输出 JSON。");
    public static readonly Text ExampleAll = new("All methods", "所有方法");
    public static readonly Text ExampleModel = new("The same for a model of yours", "针对自己的模型");
    public static readonly Text ColumnMethod = new("method", "方法");
    public static readonly Text ColumnTrained = new("trained", "训练参数");
    public static readonly Text ColumnMemory = new("memory", "内存");
    public static readonly Text ColumnSpeed = new("speed", "速度");
    public static readonly Text ColumnMerge = new("merge", "可合并");
    public static readonly Text ColumnWhat = new("what, and when", "训练内容与适用场合");
    public static readonly Text Yes = new("yes", "是");
    public static readonly Text No = new("no", "否");
    public static readonly Text Itself = new("is the model", "即模型本身");
    public static readonly Text Foot = new(
        "{0}, {1} parameters, weights in {2}, {3} tokens a step, every method with its default settings. Speed: steps in the time of one step of full tuning, by counting operations.",
        "{0}，{1} 参数，权重为 {2}，每步 {3} 个词元，各方法均为默认设置。速度：完成一步全参数微调的时间内可完成的步数（按运算量计算）。");
    public static readonly Text Next = new("`tunesharp plan --model M --data D` proposes one with all its settings.", "`tunesharp plan --model M --data D` 会推荐一种方法及其全部设置。");
}
