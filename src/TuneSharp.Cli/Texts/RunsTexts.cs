namespace TuneSharp.Cli.Texts;

internal static class RunsTexts
{
    public static readonly Text Summary = new("List, show, report, stop, pause and resume runs.", "列出、查看、报告、停止、暂停和恢复运行。");
    public static readonly Text Details = new(
        "A run is a folder below runs/ in the home folder. Everything about it lies there; it can be copied to another machine.",
        "运行就是主文件夹 runs/ 下的一个文件夹，所有内容都在其中，可以复制到另一台机器。");

    public static readonly Text RunArgument = new("Name of the run, or the path of its folder.", "运行名称，或其文件夹路径。");
    public static readonly Text ListSummary = new("All runs: state, steps, losses.", "所有运行：状态、步数、损失。");
    public static readonly Text ShowSummary = new("One run in detail; with --watch it is followed until it ends.", "查看一次运行的详情；加 --watch 则跟踪到结束。");
    public static readonly Text ReportSummary = new("Write the report of a run: curves, measurements, answers, settings in one HTML file.", "生成运行报告：曲线、评估、回答、设置，汇于一个 HTML 文件。");
    public static readonly Text WatchOption = new("Follow the events until the run ends.", "跟踪事件直到运行结束。");
    public static readonly Text StopSummary = new("Save a checkpoint and end; `resume` goes on later.", "保存检查点并结束；之后可用 `resume` 继续。");
    public static readonly Text PauseSummary = new("Save a checkpoint and wait; the worker keeps its place.", "保存检查点并等待；工作进程仍然保留。");
    public static readonly Text ResumeShortSummary = new("Go on with a paused run, or start a stopped one again in the background.", "继续已暂停的运行，或在后台重新启动已停止的运行。");
    public static readonly Text ResumeSummary = new("Go on with a run that was stopped, failed or killed, from its last checkpoint.", "从最近的检查点恢复已停止、失败或被终止的运行。");
    public static readonly Text ResumeDetails = new(
        "On the same machine the result is the same, bit for bit, as if it had never stopped. Elsewhere the last bits may differ, and the run says so. Model and data must be as they were.",
        "在同一台机器上，结果与从未中断逐位一致；在其他机器上末位可能不同，程序会说明。模型和数据必须保持不变。");

    public static readonly Text ResumeExample = new("Go on with the run first.", "继续运行 first。");
    public static readonly Text StillWorking = new("Run '{0}' is being worked on; here is how it goes.", "运行“{0}”正在进行，以下是进度。");
    public static readonly Text None = new("There are no runs yet in {0}. Begin with: tunesharp quickstart", "{0} 中还没有运行。请先执行：tunesharp quickstart");
    public static readonly Text ColumnRun = new("run", "运行");
    public static readonly Text ColumnState = new("state", "状态");
    public static readonly Text ColumnSteps = new("steps", "步数");
    public static readonly Text ColumnTrainLoss = new("train loss", "训练损失");
    public static readonly Text ColumnValidationLoss = new("best validation loss", "最佳验证损失");
    public static readonly Text ColumnSince = new("since", "时间");
    public static readonly Text Asked = new("Asked run '{0}' to {1}.", "已请求运行“{0}”{1}。");
    public static readonly Text ToStop = new("stop", "停止");
    public static readonly Text ToPause = new("pause", "暂停");
    public static readonly Text ToResume = new("go on", "继续");
    public static readonly Text NowIs = new("Run '{0}' is {1} after step {2}.", "运行“{0}”在第 {2} 步后{1}。");
    public static readonly Text ShowExample = new("How the run first goes.", "查看运行 first 的情况。");
    public static readonly Text ShowState = new("State: {0} since {1}", "状态：{0}，自 {1}");
    public static readonly Text ShowReason = new("Reason: {0}", "原因：{0}") { HoldsMessages = true };
    public static readonly Text ShowSteps = new("Steps: {0} of {1}", "步数：{0} / {1}");
    public static readonly Text ShowLosses = new("Train loss {0}, best validation loss {1}", "训练损失 {0}，最佳验证损失 {1}");
    public static readonly Text ShowCheckpoint = new("Last checkpoint: step {0}", "最近检查点：第 {0} 步");
    public static readonly Text ShowWorker = new("Worker: process {0} on {1}, {2}", "工作进程：{1} 上的进程 {0}，{2}");
    public static readonly Text ShowResult = new("Result: {0}", "结果：{0}");

    public static Text StateName(Application.Runs.RunState state) => state switch
    {
        Application.Runs.RunState.Queued => new("queued", "等待中"),
        Application.Runs.RunState.Starting => new("starting", "正在启动"),
        Application.Runs.RunState.Running => new("running", "运行中"),
        Application.Runs.RunState.Paused => new("paused", "已暂停"),
        Application.Runs.RunState.Stopping => new("stopping", "正在停止"),
        Application.Runs.RunState.Stopped => new("stopped", "已停止"),
        Application.Runs.RunState.Finished => new("finished", "已完成"),
        _ => new("failed", "已失败"),
    };

    public static Text PresenceName(Application.Runs.WorkerPresence presence) => presence switch
    {
        Application.Runs.WorkerPresence.Working => new("alive", "正常"),
        Application.Runs.WorkerPresence.Silent => new("silent", "无响应"),
        _ => new("dead", "已终止"),
    };
}
