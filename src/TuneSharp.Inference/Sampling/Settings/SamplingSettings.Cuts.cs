using TuneSharp.Formats;
using TuneSharp.Formats.Settings;

namespace TuneSharp.Inference.Sampling;

/// <summary>What shapes and cuts the distribution of a draw. Without effect at temperature 0.</summary>
public sealed partial record SamplingSettings
{
    [Setting("Only the k most likely tokens can be drawn; 0 is off.", "只从最可能的 k 个词元中采样；0 表示不限制。", Minimum = 0, Example = "40")]
    public int TopK { get; init; }

    [Setting("Only the most likely tokens that together reach this probability can be drawn; 1 is off.", "只从累计概率达到此值的最可能词元中采样；1 表示不限制。", Minimum = 0, Maximum = 1, Example = "0.95")]
    public double TopP { get; init; } = 0.95;

    [Setting("Tokens less likely than this share of the best one are never drawn; 0 is off.", "概率低于最可能词元此比例的词元不参与采样；0 表示不限制。", Minimum = 0, Maximum = 1, Example = "0.05")]
    public double MinP { get; init; }

    [Setting("Keeps tokens whose surprise is near the average, up to this probability; 1 is off.", "保留意外程度接近平均的词元，直至此概率；1 表示不限制。", Minimum = 0, Maximum = 1, Example = "0.9")]
    public double TypicalP { get; init; } = 1;

    [Setting("Keeps tokens whose score is within this many standard deviations of the best; 0 is off.", "保留得分与最佳者相差不超过若干标准差的词元；0 表示不限制。", Minimum = 0, Example = "1")]
    public double TopNSigma { get; init; }

    [Setting("Keeps the best tokens up to this share of the distribution's entropy; 0 is off.", "保留最佳词元，直至达到分布熵的此比例；0 表示不限制。", Minimum = 0, Maximum = 1, Example = "0.4")]
    public double TopH { get; init; }

    [Setting("Tokens less likely than this times the square of the best one's probability are never drawn; 0 is off.", "概率低于此值乘以最高概率平方的词元不参与采样；0 表示不限制。", Minimum = 0, Maximum = 1, Example = "0.2")]
    public double TopA { get; init; }

    [Setting("Tail-free sampling: cuts where the sorted probabilities flatten; 1 is off.", "无尾采样：在排序后的概率变平处截断；1 表示不限制。", Minimum = 0, Maximum = 1, Aliases = ["tfs", "tfs_z"], Example = "0.95")]
    public double TailFree { get; init; } = 1;

    [Setting("Tokens less likely than this are never drawn; 0 is off.", "概率低于此值的词元不参与采样；0 表示不限制。", Minimum = 0, Maximum = 1, Example = "0.0003")]
    public double EpsilonCutoff { get; init; }

    [Setting("Like epsilon_cutoff, but lower where the model is unsure; 0 is off.", "与 epsilon_cutoff 相似，但在模型不确定时放宽；0 表示不限制。", Minimum = 0, Maximum = 1, Example = "0.0003")]
    public double EtaCutoff { get; init; }

    [Setting("XTC: in this share of the steps all likely tokens but the last of them are left out, for more unusual texts; 0 is off.", "XTC：在此比例的步骤中去掉除最末一个之外的所有高概率词元，使文本更不寻常；0 表示不使用。", Minimum = 0, Maximum = 1, Example = "0.5")]
    public double XtcProbability { get; init; }

    [Setting("XTC: how likely a token must be to count as one of the top choices.", "XTC：概率达到多少才算首选词元。", Minimum = 0, Maximum = 1, Example = "0.1")]
    public double XtcThreshold { get; init; } = 0.1;

    [Setting("Mirostat 2 in place of all cuts: keeps the surprise of the text at this many bits; 0 is off.", "Mirostat 2（代替所有截断）：使文本的意外程度保持在此比特数；0 表示不使用。", Unit = "bits", Minimum = 0, Maximum = 100, Example = "5")]
    public double MirostatTau { get; init; }

    [Setting("Mirostat: how fast it corrects itself.", "Mirostat：自我修正的速度。", Minimum = 0, Maximum = 1, Example = "0.1")]
    public double MirostatEta { get; init; } = 0.1;

    [Setting("Dynamic temperature: the value where the model is certain; with dynatemp_high it replaces temperature. 0 is off.", "动态温度：模型确信时的值；与 dynatemp_high 一起代替 temperature。0 表示不使用。", Minimum = 0, Maximum = 100, Example = "0.5")]
    public double DynatempLow { get; init; }

    [Setting("Dynamic temperature: the value where the model has no preference.", "动态温度：模型毫无偏好时的值。", Minimum = 0, Maximum = 100, Example = "1.5")]
    public double DynatempHigh { get; init; }

    [Setting("Dynamic temperature: how the value grows with the doubt; 1 is linear.", "动态温度：数值随不确定程度增长的方式；1 为线性。", Minimum = 0.01, Maximum = 100, Example = "1")]
    public double DynatempExponent { get; init; } = 1;

    [Setting("Quadratic smoothing: scores fall with the square of their distance to the best, times this; 0 is off.", "二次平滑：得分随与最佳者距离的平方乘以此值而下降；0 表示不使用。", Minimum = 0, Maximum = 100, Example = "0.3")]
    public double SmoothingFactor { get; init; }

    [Setting("Quadratic smoothing: 1 is a parabola; above 1 the far tail falls faster.", "二次平滑：1 为抛物线；大于 1 时远处尾部下降更快。", Minimum = 0.01, Maximum = 100, Example = "1")]
    public double SmoothingCurve { get; init; } = 1;

    [Setting("Turns the scores into log-probabilities again after all cuts; matters for the scores of beam search.", "在所有截断后重新归一化为对数概率；影响束搜索的得分。", Example = "true")]
    public bool RenormalizeLogits { get; init; }

    private void ValidateShape()
    {
        if ((DynatempLow > 0) != (DynatempHigh > 0) || DynatempHigh < DynatempLow)
            throw new InvalidInputException($"`dynatemp_low` is {DynatempLow} and `dynatemp_high` is {DynatempHigh}: both are needed, the higher one second.", null, "For example dynatemp_low: 0.5 and dynatemp_high: 1.5.");
        if (MirostatTau > 0 && Temperature == 0)
            throw new InvalidInputException("`mirostat_tau` needs a draw, but `temperature` is 0, which always takes the most likely token.", null, "Set temperature: 1, or mirostat_tau: 0.");
    }
}
