using TuneSharp.Application.Languages;

namespace TuneSharp.Application.Reports;

public enum ReportLanguage
{
    English,
    Chinese,
}

/// <summary>The sentences of a report, each in both languages side by side.</summary>
internal sealed class ReportWording(ReportLanguage language)
{
    public string Code => language == ReportLanguage.Chinese ? "zh-CN" : "en";

    private string Say(string english, string chinese) => language == ReportLanguage.Chinese ? chinese : english;

    /// <summary>What a layer below said: a warning, a reason, a note.</summary>
    public string Message(string message) => language == ReportLanguage.Chinese ? MessageTranslations.Chinese.Translate(message) : message;

    public string Run => Say("Run", "运行");

    public string MadeBy(string version, string time) => Say($"Written by TuneSharp {version} on {time}. Everything is in this file; it loads nothing.", $"由 TuneSharp {version} 于 {time} 生成。所有内容都在本文件中，不加载任何外部资源。");

    public string Summary(string method, string model, string data) => Say($"{method} on {model}, with {data}", $"{method}，模型 {model}，数据 {data}");

    public string State => Say("State", "状态");

    public string StateName(Runs.RunState state) => state switch
    {
        Runs.RunState.Queued => Say("queued", "等待中"),
        Runs.RunState.Starting => Say("starting", "正在启动"),
        Runs.RunState.Running => Say("running", "运行中"),
        Runs.RunState.Paused => Say("paused", "已暂停"),
        Runs.RunState.Stopping => Say("stopping", "正在停止"),
        Runs.RunState.Stopped => Say("stopped", "已停止"),
        Runs.RunState.Finished => Say("finished", "已完成"),
        _ => Say("failed", "已失败"),
    };

    public string Steps => Say("Steps", "步数");

    public string Epochs(double epochs) => Say($"{epochs:0.##} times through the data", $"数据 {epochs:0.##} 轮");

    public string TrainLoss => Say("Training loss", "训练损失");

    public string ValidationLoss => Say("Validation loss", "验证损失");

    public string BestValidation => Say("Best validation loss", "最佳验证损失");

    public string BestMetric(string metric) => Say($"Best {metric} on validation rows", $"验证集最佳 {metric}");

    public string ValidationMetrics => Say("On validation rows", "验证集指标");

    public string AfterStep(int step) => Say($"after step {step}", $"第 {step} 步");

    public string FirstToLast => Say("first → last tenth, on average", "前十分之一 → 后十分之一（平均）");

    public string Perplexity(double value) => Say($"perplexity {value:0.00}", $"困惑度 {value:0.00}");

    public string Time => Say("Time of training", "训练时间");

    public string Speed => Say("Tokens a second", "每秒词元数");

    public string Tokens => Say("Tokens trained on", "训练词元数");

    public string Memory => Say("Most memory", "最大内存");

    public string Parameters => Say("Trained parameters", "训练的参数");

    public string OfAll(long all) => Say($"of {all:N0}", $"共 {all:N0}");

    public string Curves => Say("Curves", "曲线");

    public string LearningRate => Say("Learning rate", "学习率");

    public string GradientNorm => Say("Gradient norm", "梯度范数");

    public string Step => Say("step", "步");

    public string Loss => Say("Loss", "损失");

    public string Measured => Say("Measured", "评估");

    public string MeasuredOn(string data, string time) => Say($"On {data}, {time}.", $"数据 {data}，时间 {time}。");

    public string Metric => Say("metric", "指标");

    public string Change => Say("change", "变化");

    public string Rows => Say("rows", "样本数");

    public string MetricName(string name) => name switch
    {
        "loss" => Say("loss", "损失"),
        "perplexity" => Say("perplexity", "困惑度"),
        "bits_per_byte" => Say("bits per byte", "每字节比特数"),
        "exact_match" => Say("exact match", "精确匹配"),
        _ => name,
    };

    public string NotMeasured(string run) => Say($"Not measured yet: tunesharp eval MODEL {run} --data FILE --metrics rouge,bleu,f1", $"尚未评估：tunesharp eval 模型 {run} --data 文件 --metrics rouge,bleu,f1");

    public string Difference(string metric, Measuring.ScoreDifference d)
    {
        string p = d.PValue < 0.001 ? "p < 0.001" : $"p = {d.PValue:0.000}";
        return Say($"Row by row: {metric} {d.Mean:+0.000;-0.000;0.000} on average, 95 % interval {d.Low:0.000} to {d.High:0.000} (bootstrap over rows), {p}.", $"逐条比较：{metric} 平均 {d.Mean:+0.000;-0.000;0.000}，95% 区间 {d.Low:0.000} 至 {d.High:0.000}（按样本自助法），{p}。");
    }

    public string Answers => Say("Answers side by side", "回答对比");

    public string Worst(string metric) => Say($"Worst rows by {metric}", $"得分最低的样本（{metric}）");

    public string Best(string metric) => Say($"Best rows by {metric}", $"得分最高的样本（{metric}）");

    public string Question => Say("Question", "问题");

    public string Reference => Say("Reference", "参考");

    public string Empty => Say("(empty)", "（空）");

    public string Data => Say("Data", "数据");

    public string TrainRows => Say("Rows to train on", "训练样本数");

    public string ValidationRows => Say("Validation rows", "验证样本数");

    public string TestRows => Say("Test rows", "测试样本数");

    public string LongestRow => Say("Longest row used, tokens", "所用最长样本（词元）");

    public string Colon => Say(": ", "：");

    public string Notes => Say("Notes and warnings", "提示与警告");

    public string Settings => Say("Settings", "设置");

    public string ChangedSettings => Say("Settings that differ from their default", "与默认值不同的设置");

    public string AllSettings(int number) => Say($"All {number} settings", $"全部 {number} 项设置");

    public string Key => Say("key", "键");

    public string Value => Say("value", "值");

    public string Default => Say("default", "默认值");

    public string Meaning => Say("meaning", "含义");

    public string Machine => Say("Machine and versions", "机器与版本");

    public string Host => Say("Machine", "机器");

    public string System => Say("System", "系统");

    public string Processor => Say("Processor", "处理器");

    public string Cores(int cores, int threads) => Say($"{cores} cores, {threads} threads used", $"{cores} 核，使用 {threads} 个线程");

    public string MainMemory => Say("Memory", "内存");

    public string Types(string weights, string arithmetic) => Say($"weights {weights}, arithmetic {arithmetic}", $"权重 {weights}，计算 {arithmetic}");

    public string NumberTypes => Say("Number types", "数值类型");

    public string Seed => Say("Seed", "随机种子");

    public string Files => Say("SHA-256 of what the run was made from", "运行所用文件的 SHA-256");

    public string Comparison => Say("Comparison of answers", "回答比较");

    public string Prompts(int number, string file) => Say($"{number} prompts of {file}, the same seeds for each model", $"{file} 中的 {number} 个提示，各模型使用相同的随机种子");

    public string PerClass(string model) => Say($"{model}: class by class, in percent", $"{model}：各类别（百分比）");

    public string Class => Say("class", "类别");

    public string Precision => Say("precision", "精确率");

    public string Recall => Say("recall", "召回率");

    public string Support => Say("rows of the class", "真实样本数");

    public string PredictedRows => Say("predicted rows", "预测样本数");

    public string Average(string name) => name switch
    {
        "micro" => Say("micro average", "微平均"),
        "macro" => Say("macro average", "宏平均"),
        "weighted" => Say("weighted average", "加权平均"),
        _ => Say("average by row", "按样本平均"),
    };

    public string Truth => Say("truth", "真实类别");

    public string Predicted => Say("prediction", "预测类别");

    public string Confusion(string model) => Say($"{model}: what is taken for what", $"{model}：混淆矩阵");

    public string MostConfused(string model) => Say($"{model}: most frequent mistakes", $"{model}：最常见的错误");

    public string WrongRows(string model, int wrong, int all) => Say($"{model}: rows that it got wrong ({wrong} of {all})", $"{model}：分类错误的样本（{all} 条中的 {wrong} 条）");

    public string FarthestRows(string model) => Say($"{model}: rows that it missed by most", $"{model}：误差最大的样本");

    public string TextWord => Say("text", "文本");

    public string Sampling => Say("How answers were written", "生成方式");
}
