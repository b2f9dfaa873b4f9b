using TuneSharp.Formats.Settings;

namespace TuneSharp.Inference.Sampling;

/// <summary>What repetition costs.</summary>
public sealed partial record SamplingSettings
{
    [Setting("Above 1 discourages every token that has occurred; 1 is off.", "大于 1 时抑制已出现过的词元（重复惩罚）；1 表示不使用。", Minimum = 0.01, Maximum = 100, Example = "1.1")]
    public double RepetitionPenalty { get; init; } = 1;

    [Setting("Above 1 keeps the answer near the words of the prompt; 1 is off.", "大于 1 时使回答贴近提示中的词；1 表示不使用。", Minimum = 0.01, Maximum = 100, Example = "1.2")]
    public double EncoderRepetitionPenalty { get; init; } = 1;

    [Setting("Taken once from each token that was already written; negative encourages.", "对已出现的词元一次性扣分（存在惩罚）；负值表示鼓励重复。", Minimum = -100, Maximum = 100, Example = "0.5")]
    public double PresencePenalty { get; init; }

    [Setting("Taken from a token for each time that it was written; negative encourages.", "按出现次数对词元扣分（频率惩罚）；负值表示鼓励重复。", Minimum = -100, Maximum = 100, Example = "0.5")]
    public double FrequencyPenalty { get; init; }

    [Setting("presence_penalty and frequency_penalty count the prompt's tokens too.", "presence_penalty 与 frequency_penalty 也计入提示中的词元。", Example = "true")]
    public bool PenalizePrompt { get; init; }

    [Setting("DRY: what continuing a repetition costs; grows with the repetition's length. 0 is off.", "DRY：延续重复内容的扣分，随重复长度增长；0 表示不使用。", Minimum = 0, Maximum = 100, Example = "0.8")]
    public double DryMultiplier { get; init; }

    [Setting("DRY: how fast the cost grows with each further token.", "DRY：每多一个词元扣分增长的倍数。", Minimum = 1, Maximum = 10, Example = "1.75")]
    public double DryBase { get; init; } = 1.75;

    [Setting("DRY: repetitions shorter than this are free.", "DRY：短于此长度的重复不扣分。", Unit = "tokens", Minimum = 1, Example = "2")]
    public int DryAllowedLength { get; init; } = 2;

    [Setting("DRY: no repetition is counted across these texts.", "DRY：重复内容不会跨越这些文本计算。")]
    public IReadOnlyList<string> DrySequenceBreakers { get; init; } = ["\n", ":", "\"", "*"];

    [Setting("DRY: how far back it looks; 0 is everything.", "DRY：向前查看的范围；0 表示全部。", Unit = "tokens", Minimum = 0, Aliases = ["dry_penalty_last_n"], Example = "1024")]
    public int DryRange { get; init; }

    [Setting("No group of this many tokens occurs twice; 0 is off.", "同样的若干连续词元不会出现两次；0 表示不使用。", Unit = "tokens", Minimum = 0, Example = "3")]
    public int NoRepeatNgramSize { get; init; }

    [Setting("No group of this many tokens of the prompt is copied; 0 is off.", "不会照抄提示中同样的若干连续词元；0 表示不使用。", Unit = "tokens", Minimum = 0, Example = "4")]
    public int EncoderNoRepeatNgramSize { get; init; }
}
