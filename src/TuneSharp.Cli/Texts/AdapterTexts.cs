namespace TuneSharp.Cli.Texts;

internal static class AdapterTexts
{
    public static readonly Text Summary = new("Make new adapters of trained ones.", "由已训练的适配器生成新的适配器。");
    public static readonly Text CombineSummary = new("Combine several LoRA adapters of one base into one.", "将同一基座的多个 LoRA 适配器合成一个。");
    public static readonly Text CombineDetails = new(
        "The result is an ordinary adapter folder; no model is loaded. A weight stands behind each adapter, as in runs/a/adapter@0.7; without one it is 1. cat is exact, its rank is the sum of the ranks; svd is the best approximation of a rank; linear is cheap and rough; ties leaves out what contradicts the majority, dare drops numbers at random, magnitude_prune the smallest ones (each also with _svd).",
        "结果是普通的适配器文件夹，无需加载模型。权重写在适配器之后，如 runs/a/adapter@0.7；不写为 1。cat 精确，其秩为各秩之和；svd 为给定秩下的最佳近似；linear 快而粗略；ties 舍去与多数符号相反的数，dare 随机舍去，magnitude_prune 舍去最小的数（均可加 _svd）。");

    public static readonly Text Adapters = new("Adapters: folders or runs, with a weight where wanted.", "适配器：文件夹或运行，可附权重。");
    public static readonly Text How = new("linear, cat, svd, ties, dare_linear, dare_ties, magnitude_prune, or one of the last four with _svd.", "linear、cat、svd、ties、dare_linear、dare_ties、magnitude_prune，后四种也可加 _svd。");
    public static readonly Text Density = new("Share of the numbers that ties, dare and magnitude_prune keep.", "ties、dare、magnitude_prune 保留的比例。");
    public static readonly Text Sign = new("How ties finds the majority: total (the sum's sign) or frequency (count of signs).", "ties 如何确定多数符号：total（按和）或 frequency（按个数）。");
    public static readonly Text Rank = new("Rank of the result with svd. Default: the largest of the adapters.", "使用 svd 时结果的秩，默认取各适配器中最大者。");
    public static readonly Text Seed = new("Of dare's random choice.", "dare 随机选择的种子。");
    public static readonly Text Out = new("Folder of the new adapter.", "新适配器的文件夹。");
    public static readonly Text Json = new("Write JSON for other programs.", "输出 JSON。");
    public static readonly Text CombineExample = new("Two runs into one adapter; numbers that contradict each other are left out.", "将两次运行合成一个适配器，舍去互相矛盾的数。");
    public static readonly Text Combined = new("Combined {0} by {1} into {2}: rank {3}, {4} tensors.", "已将 {0} 以 {1} 合成到 {2}：秩 {3}，{4} 个张量。");
    public static readonly Text ConvertSummary = new("Turn a PiSSA or OLoRA adapter into an ordinary LoRA.", "将 PiSSA 或 OLoRA 适配器转换为普通 LoRA。");
    public static readonly Text ConvertDetails = new(
        "Such an adapter takes a part out of its base, which has to be found again whenever it is loaded. The ordinary LoRA does the same on the untouched base; its rank is twice as large.",
        "这类适配器会从基座中取出一部分，每次加载都须重新分解。普通 LoRA 在原始基座上效果相同，秩为两倍。");

    public static readonly Text Model = new("The base: a model folder, a name in the model store, or a run (then its adapter is meant where none is given).", "基础模型：模型文件夹、模型库中的名称或运行名称（未给出适配器时使用该运行的适配器）。");
    public static readonly Text Adapter = new("The adapter: a folder, or a run.", "适配器：文件夹或运行。");
    public static readonly Text ConvertExample = new("The adapter of the run first.", "运行 first 的适配器。");
    public static readonly Text Converted = new("Converted into {0}: an ordinary LoRA of rank {1}.", "已转换到 {0}：秩为 {1} 的普通 LoRA。");
}
