using TuneSharp.Formats.Settings;

namespace TuneSharp.Inference.Sampling;

/// <summary>What may, must and may not be written, and how long.</summary>
public sealed partial record SamplingSettings
{
    [Setting("Added to the scores of single token ids.", "加到指定词元编号得分上的值。", Example = "{17: -100}")]
    public IReadOnlyDictionary<int, double> LogitBias { get; init; } = new Dictionary<int, double>();

    [Setting("Added to the score of a word's last token when the rest of the word stands before it.", "当一个词的前面部分已写出时，加到其最后一个词元得分上的值。", Example = "{\"New York\": -3}")]
    public TokenSequences SequenceBias { get; init; } = TokenSequences.None;

    [Setting("Words that are never written: texts, or lists of token ids.", "不允许出现的词：文本或词元编号列表。", Aliases = ["bad_words_ids"], Example = "[\"unfortunately\"]")]
    public TokenSequences BadWords { get; init; } = TokenSequences.None;

    [Setting("Token ids that are never written.", "不允许写出的词元编号。", Example = "[3, 17]")]
    public TokenIds SuppressTokens { get; init; } = TokenIds.None;

    [Setting("Token ids that no answer begins with.", "不允许作为回答开头的词元编号。", Example = "[3, 17]")]
    public TokenIds BeginSuppressTokens { get; init; } = TokenIds.None;

    [Setting("The only token ids that can be written, as for choosing among labels; empty is off.", "只允许写出的词元编号，例如在标签中选择；空表示不限制。", Example = "[3, 17]")]
    public TokenIds AllowedTokens { get; init; } = TokenIds.None;

    [Setting("The text does not end before it has so many tokens, prompt included; 0 is off.", "文本（含提示）达到此词元数之前不会结束；0 表示不使用。", Unit = "tokens", Minimum = 0, Example = "100")]
    public int MinLength { get; init; }

    [Setting("The answer does not end before it has so many tokens; 0 is off.", "回答达到此词元数之前不会结束；0 表示不使用。", Unit = "tokens", Minimum = 0, Aliases = ["min_tokens"], Example = "20")]
    public int MinNewTokens { get; init; }

    [Setting("[start, factor]: from so many tokens on the end becomes more likely with each one.", "[起点, 系数]：从此词元数起，结束的可能性逐步增大。", Example = "[100, 1.05]")]
    public LengthDecay? ExponentialDecayLengthPenalty { get; init; }

    [Setting("The token id behind a prompt of a single token.", "单词元提示之后的词元编号。", Minimum = 0, Example = "5")]
    public int? ForcedBosTokenId { get; init; }

    [Setting("The token id that the longest permitted answer ends with.", "回答达到最大长度时以此词元编号结尾。", Minimum = 0, Example = "2")]
    public int? ForcedEosTokenId { get; init; }

    [Setting("Replaces scores that are no numbers, so that damaged weights do not end the text.", "替换非数值的得分，使损坏的权重不致中断文本。", Example = "true")]
    public bool RemoveInvalidValues { get; init; }
}
