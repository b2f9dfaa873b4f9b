namespace TuneSharp.Cli.Texts;

internal static class DoctorTexts
{
    public static readonly Text Summary = new("Look at this machine: what training needs, and how fast it is.", "检查本机：训练所需的条件以及速度。");
    public static readonly Text Version = new("TuneSharp {0} on .NET {1}, {2}", "TuneSharp {0}，.NET {1}，{2}");
    public static readonly Text Processor = new("Processor: {0}, {1} cores, {2}", "处理器：{0}，{1} 个核心，{2}");
    public static readonly Text Memory = new("Memory: {0} of {1} free", "内存：可用 {0}，共 {1}");
    public static readonly Text Home = new("Home folder: {0}, {1} free on its disk", "主文件夹：{0}，所在磁盘可用 {1}");
    public static readonly Text HomeNotWritable = new("The home folder {0} cannot be written. Set TUNESHARP_HOME or give --home.", "主文件夹 {0} 无法写入。请设置 TUNESHARP_HOME 或使用 --home。");
    public static readonly Text Torch = new("libtorch {0} from {1}, {2} threads", "libtorch {0}，位于 {1}，{2} 个线程");
    public static readonly Text Dtypes = new("Types of arithmetic: float32{0}", "计算类型：float32{0}");
    public static readonly Text NoBFloat16 = new("; bfloat16 is stored but not computed with (the processor has no instructions for it)", "；bfloat16 仅用于存储（处理器没有相应指令）");
    public static readonly Text BFloat16 = new(", bfloat16", "、bfloat16");
    public static readonly Text Product = new("Matrix product {0} × {0} in {1}: {2:0.0} ms, {3:0} GFLOP/s", "{1} 矩阵乘法 {0} × {0}：{2:0.0} 毫秒，{3:0} GFLOP/s");
    public static readonly Text Good = new("All is well.", "一切正常。");
}
