using TuneSharp.Formats;
using TuneSharp.Formats.Settings;

namespace TuneSharp.Inference.Sampling;

/// <summary>When beam search gives up open beams.</summary>
public enum EarlyStopping
{
    /// <summary>When the best open one can no longer win at its present length.</summary>
    False,

    /// <summary>As soon as there are as many finished ones as beams.</summary>
    True,

    /// <summary>Only when none could win at any length.</summary>
    Never,
}

/// <summary>Beam search: the most likely text as a whole instead of the most likely token at each step.</summary>
public sealed partial record SamplingSettings
{
    [Setting("Texts that are followed at once to find the most likely one; 1 is off. Needs temperature 0.", "束搜索的束数：同时跟踪的候选文本数，用于寻找整体最可能的文本；1 表示不使用。需要 temperature 为 0。", Minimum = 1, Maximum = 256, Example = "4")]
    public int NumBeams { get; init; } = 1;

    [Setting("Beam search: above 0 favours long texts, below 0 short ones.", "束搜索：大于 0 偏好长文本，小于 0 偏好短文本。", Minimum = -100, Maximum = 100, Example = "1")]
    public double LengthPenalty { get; init; } = 1;

    [Setting("Beam search: true ends with as many finished texts as beams; false also when no open one can win at its length; never only when none can win at any length.", "束搜索：true 在完成的文本数达到束数时结束；false 在未完成者按当前长度已无法胜出时结束；never 仅在任何长度都无法胜出时结束。", Example = "false")]
    public EarlyStopping EarlyStopping { get; init; } = EarlyStopping.False;

    [Setting("Beam search: how many of the best texts are given back.", "束搜索：返回的最佳文本数。", Minimum = 1, Maximum = 256, Example = "1")]
    public int NumReturnSequences { get; init; } = 1;

    private void ValidateBeams()
    {
        if (NumBeams > 1 && Temperature != 0)
            throw new InvalidInputException($"`num_beams` is {NumBeams}, and beam search does not draw, but `temperature` is {Temperature}.", null, "Set temperature: 0, or num_beams: 1.");
        if (NumReturnSequences > NumBeams)
            throw new InvalidInputException($"`num_return_sequences` is {NumReturnSequences}, more than there are beams ({NumBeams}).", null, "Raise num_beams.");
        if (NumBeams > 1 && Logprobs is not null)
            throw new InvalidInputException("`logprobs` are recorded for single texts, not in beam search.", null, "Set num_beams: 1, or leave logprobs out.");
    }
}
