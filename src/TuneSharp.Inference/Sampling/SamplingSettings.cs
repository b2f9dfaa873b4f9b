using TuneSharp.Formats;
using TuneSharp.Formats.Settings;

namespace TuneSharp.Inference.Sampling;

/// <summary>How the next token is chosen and when a text ends. The defaults are those of a chat front end.</summary>
public sealed record SamplingSettings
{
    /// <summary>The most likely token at each step, up to the given length: what evaluations use.</summary>
    public static SamplingSettings Greedy(int maxNewTokens) => new() { Temperature = 0, MaxNewTokens = maxNewTokens };

    [Setting("0 always takes the most likely token; 1 draws as the model believes; higher is more surprising.", "0 表示总取最可能的词元；1 按模型的概率抽取；越高越出人意料。", Minimum = 0, Maximum = 100)]
    public double Temperature { get; init; } = 0.7;

    [Setting("Only the k most likely tokens can be drawn; 0 is off.", "只从最可能的 k 个词元中抽取；0 表示不限制。", Minimum = 0)]
    public int TopK { get; init; }

    [Setting("Only the most likely tokens that together reach this probability can be drawn; 1 is off.", "只从累计概率达到此值的最可能词元中抽取；1 表示不限制。", Minimum = 0, Maximum = 1)]
    public double TopP { get; init; } = 0.95;

    [Setting("Tokens less likely than this share of the best one are never drawn; 0 is off.", "概率低于最佳词元此比例的词元不会被抽取；0 表示不限制。", Minimum = 0, Maximum = 1)]
    public double MinP { get; init; }

    [Setting("Keeps tokens whose surprise is near the average, up to this probability; 1 is off.", "保留意外程度接近平均的词元，直至此概率；1 表示不限制。", Minimum = 0, Maximum = 1)]
    public double TypicalP { get; init; } = 1;

    [Setting("Keeps tokens whose score is within this many standard deviations of the best; 0 is off.", "保留得分与最佳者相差不超过若干标准差的词元；0 表示不限制。", Minimum = 0)]
    public double TopNSigma { get; init; }

    [Setting("Tokens less likely than this are never drawn; 0 is off.", "概率低于此值的词元不会被抽取；0 表示不限制。", Minimum = 0, Maximum = 1)]
    public double EpsilonCutoff { get; init; }

    [Setting("Like epsilon_cutoff, but lower where the model is unsure; 0 is off.", "与 epsilon_cutoff 相似，但在模型不确定时放宽；0 表示不限制。", Minimum = 0, Maximum = 1)]
    public double EtaCutoff { get; init; }

    [Setting("Above 1 discourages every token that has occurred; 1 is off.", "大于 1 时抑制出现过的词元；1 表示不使用。", Minimum = 0.01, Maximum = 100)]
    public double RepetitionPenalty { get; init; } = 1;

    [Setting("Taken once from each token that was already written; negative encourages.", "对已写出的词元一次性扣分；负值表示鼓励。", Minimum = -100, Maximum = 100)]
    public double PresencePenalty { get; init; }

    [Setting("Taken from a token for each time that it was written; negative encourages.", "按写出次数对词元扣分；负值表示鼓励。", Minimum = -100, Maximum = 100)]
    public double FrequencyPenalty { get; init; }

    [Setting("No group of this many tokens occurs twice; 0 is off.", "同样的若干连续词元不会出现两次；0 表示不使用。", Unit = "tokens", Minimum = 0)]
    public int NoRepeatNgramSize { get; init; }

    [Setting("Added to the scores of single token ids.", "加到指定词元编号得分上的值。")]
    public IReadOnlyDictionary<int, double> LogitBias { get; init; } = new Dictionary<int, double>();

    [Setting("The text ends before the first of these.", "文本在遇到其中任意一个之前结束。")]
    public IReadOnlyList<string> Stop { get; init; } = [];

    [Setting("The longest answer.", "回答的最大长度。", Unit = "tokens", Minimum = 1, Aliases = ["max_tokens"])]
    public int MaxNewTokens { get; init; } = 256;

    [Setting("The same seed gives the same text.", "相同的种子得到相同的文本。", Minimum = 0)]
    public long Seed { get; init; } = 42;

    /// <exception cref="InvalidInputException">A value is outside its limits; the text names it.</exception>
    public void Validate()
    {
        Range("temperature", Temperature, 0, 100, "Common values are 0 (always the same) to 1.5.");
        Range("top_k", TopK, 0, int.MaxValue, "0 switches it off.");
        Range("top_p", TopP, 0, 1, "1 switches it off.");
        Range("min_p", MinP, 0, 1, "0 switches it off.");
        Range("typical_p", TypicalP, 0, 1, "1 switches it off.");
        Range("top_n_sigma", TopNSigma, 0, double.MaxValue, "0 switches it off.");
        Range("epsilon_cutoff", EpsilonCutoff, 0, 1, "0 switches it off.");
        Range("eta_cutoff", EtaCutoff, 0, 1, "0 switches it off.");
        Range("repetition_penalty", RepetitionPenalty, 0.01, 100, "1 switches it off.");
        Range("presence_penalty", PresencePenalty, -100, 100, "0 switches it off.");
        Range("frequency_penalty", FrequencyPenalty, -100, 100, "0 switches it off.");
        Range("no_repeat_ngram_size", NoRepeatNgramSize, 0, int.MaxValue, "0 switches it off.");
        Range("max_new_tokens", MaxNewTokens, 1, int.MaxValue, "Common values are 64 to 1024.");
        Range("seed", Seed, 0, long.MaxValue, "Any whole number will do.");
        if (Stop.Any(string.IsNullOrEmpty)) throw new InvalidInputException("stop holds an empty text, which would end every answer at once.", null, "Remove it.");
    }

    private static void Range(string key, double value, double minimum, double maximum, string nextStep)
    {
        if (value >= minimum && value <= maximum) return;
        string limit = maximum is double.MaxValue or >= int.MaxValue ? $"at least {minimum}" : $"between {minimum} and {maximum}";
        throw new InvalidInputException($"{key} is {value}, it must be {limit}.", null, nextStep);
    }
}
