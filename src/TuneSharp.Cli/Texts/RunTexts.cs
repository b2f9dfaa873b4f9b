namespace TuneSharp.Cli.Texts;

/// <summary>What is said while a run is watched.</summary>
internal static class RunTexts
{
    public static readonly Text Folder = new("Run folder: {0}", "运行文件夹：{0}");
    public static readonly Text Detached = new("Run '{0}' works in the background as process {1}. `tunesharp runs show {0}` tells how it goes, `tunesharp runs stop {0}` stops it.", "运行“{0}”已在后台进行（进程 {1}）。用 `tunesharp runs show {0}` 查看进度，用 `tunesharp runs stop {0}` 停止。");
    public static readonly Text LeftRunning = new("The run goes on in the background. `tunesharp runs show {0}` tells how it goes.", "运行将在后台继续。用 `tunesharp runs show {0}` 查看进度。");
    public static readonly Text StoppingOnInterrupt = new("Stopping: the worker saves a checkpoint. Ctrl-C once more leaves it to do that alone.", "正在停止：正在保存检查点。再按一次 Ctrl-C 可立即离开，保存会在后台完成。");
    public static readonly Text Finished = new("Run '{0}' is finished. The result lies in {1}", "运行“{0}”已完成。结果位于 {1}");
    public static readonly Text Report = new("Report: {0}", "报告：{0}");
    public static readonly Text TalkToIt = new("Talk to it: tunesharp chat {0}    Measure it: tunesharp eval {0} --data FILE", "与它对话：tunesharp chat {0}    评估：tunesharp eval {0} --data 文件");
    public static readonly Text UseIt = new("Classify with it: tunesharp classify {0} \"TEXT\"    Measure it: tunesharp eval {0} --data FILE", "用它分类：tunesharp classify {0} \"文本\"    评估：tunesharp eval {0} --data 文件");
    public static readonly Text Stopped = new("Run '{0}' is stopped after step {1}; a checkpoint is saved.", "运行“{0}”在第 {1} 步后停止，检查点已保存。");
    public static readonly Text GoOn = new("Go on with: tunesharp resume {0}", "继续运行：tunesharp resume {0}");
    public static readonly Text ResumeFromCheckpoint = new("The checkpoint of step {1} is safe. Go on with: tunesharp resume {0}", "第 {1} 步的检查点完好。继续运行：tunesharp resume {0}");
    public static readonly Text CorrectAndStart = new("Nothing was trained yet. Correct what is named above and start a new run.    Details: {1}", "尚未开始训练。请按上述说明改正后重新启动。    详情：{1}");
    public static readonly Text NothingSaved = new("No checkpoint was written yet. Begin again with: tunesharp resume {0}    Details: {1}", "尚未保存检查点。重新开始：tunesharp resume {0}    详情：{1}");
    public static readonly Text Prepared = new("{0} Arithmetic in {1}, {2} threads.", "{0}计算类型 {1}，{2} 个线程。") { HoldsMessages = true };
    public static readonly Text Estimated = new("It will take about {0:0.0} GB of memory ({1:0.0} GB are free) and about {2}.", "预计占用约 {0:0.0} GB 内存（可用 {1:0.0} GB），用时约 {2}。");
    public static readonly Text Resumed = new("Goes on from the checkpoint of step {0}, bit for bit.", "从第 {0} 步的检查点继续，结果逐位一致。");
    public static readonly Text ResumedElsewhere = new("Goes on from the checkpoint of step {0}. Last bits may differ from an uninterrupted run, because this changed: {1}.", "从第 {0} 步的检查点继续。由于以下变化，结果的末位可能与不中断的运行不同：{1}。");
    public static readonly Text Difference = new("{0}: {1}", "{0}：{1}") { HoldsMessages = true };
    public static readonly Text Between = new("; ", "；");
    public static readonly Text Started = new("{0} steps; {1:N0} of {2:N0} parameters are trained ({3:0.##} %).", "共 {0} 步；训练 {2:N0} 个参数中的 {1:N0} 个（{3:0.##}%）。");
    public static readonly Text Step = new("step {0}/{1}  epoch {2:0.00}  loss {3:0.0000}  lr {4:0.00e-0}  grad {5:0.000}  {6:0} tokens/s{7}", "步 {0}/{1}  轮 {2:0.00}  损失 {3:0.0000}  学习率 {4:0.00e-0}  梯度 {5:0.000}  {6:0} 词元/秒{7}");
    public static readonly Text Bar = new("step {0}/{1}  loss {2:0.0000}  {3:0} tokens/s{4}", "步 {0}/{1}  损失 {2:0.0000}  {3:0} 词元/秒{4}");
    public static readonly Text Remaining = new("  {0} left", "  剩余 {0}");
    public static readonly Text Eval = new("validation after step {0}: loss {1:0.0000}, perplexity {2:0.00}{3}", "第 {0} 步后验证：损失 {1:0.0000}，困惑度 {2:0.00}{3}");
    public static readonly Text EvalMetrics = new("validation after step {0}: loss {1:0.0000}, {2}{3}", "第 {0} 步后验证：损失 {1:0.0000}，{2}{3}");
    public static readonly Text Best = new(" (best so far)", "（目前最佳）");
    public static readonly Text Checkpoint = new("checkpoint of step {0} saved", "已保存第 {0} 步的检查点");
    public static readonly Text EarlyStopped = new("Stopped early after step {0}: the validation rows no longer got better. The result is step {1}.", "在第 {0} 步后提前停止：验证结果不再改善。结果取第 {1} 步。");
    public static readonly Text Paused = new("Paused; a checkpoint is saved.", "已暂停，检查点已保存。");
    public static readonly Text Stopping = new("Stopping …", "正在停止……");
}
