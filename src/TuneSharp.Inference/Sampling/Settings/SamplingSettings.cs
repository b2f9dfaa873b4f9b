using TuneSharp.Formats;
using TuneSharp.Formats.Settings;

namespace TuneSharp.Inference.Sampling;

/// <summary>
/// How the next token is chosen and when a text ends. Names are those of transformers and, where it has none, of the common
/// chat front ends. The defaults are those of a chat front end.
/// </summary>
public sealed partial record SamplingSettings
{
    /// <summary>The most likely token at each step, up to the given length: what evaluations use.</summary>
    public static SamplingSettings Greedy(int maxNewTokens) => new() { Temperature = 0, MaxNewTokens = maxNewTokens };

    [Setting("0 always takes the most likely token; 1 draws as the model believes; higher is more surprising.", "0 表示总取最可能的词元；1 表示按模型的概率采样；越高结果越发散。", Minimum = 0, Maximum = 100, Example = "0.7")]
    public double Temperature { get; init; } = 0.7;

    [Setting("The text ends before the first of these.", "停止字符串：文本在其中任意一个出现之前结束。")]
    public IReadOnlyList<string> Stop { get; init; } = [];

    [Setting("The longest answer.", "回答的最大长度。", Unit = "tokens", Minimum = 1, Aliases = ["max_tokens"], Example = "256")]
    public int MaxNewTokens { get; init; } = 256;

    [Setting("The same seed gives the same text.", "随机种子：相同的种子得到相同的文本。", Minimum = 0, Example = "42")]
    public long Seed { get; init; } = 42;

    [Setting("Records the log-probability of each token and of so many of the best ones beside it, before temperature and cuts; nothing records none.", "记录每个词元以及此处最可能的若干词元的对数概率（在温度与截断之前）；不填则不记录。", Minimum = 0, Maximum = 20, Aliases = ["top_logprobs"], Example = "5")]
    public int? Logprobs { get; init; }

    /// <exception cref="InvalidInputException">A value is outside its limits; the text names it.</exception>
    public void Validate()
    {
        SettingRange.Check(this);
        if (Stop.Any(string.IsNullOrEmpty)) throw new InvalidInputException("`stop` holds an empty text, which would end every answer at once.", null, "Remove it.");
        ValidateShape();
        ValidateBeams();
    }
}
