using TuneSharp.Formats;
using TuneSharp.Formats.Settings;
using TuneSharp.Peft.Prompts;
using TuneSharp.Peft.Settings;

namespace TuneSharp.Peft.PromptTuning;

/// <summary>What the rows of a prompt are before training.</summary>
public enum PromptInit
{
    /// <summary>Normal numbers.</summary>
    Random,

    /// <summary>The embeddings of a text.</summary>
    Text,

    /// <summary>The embeddings of tokens drawn from the vocabulary.</summary>
    SampleVocab,
}

/// <summary>The settings of prompt tuning.</summary>
public sealed record PromptTuningSettings : IMethodOptions
{
    [Setting("Prompt tuning: how many trained tokens stand before every row.", "提示微调：每行之前有多少个可训练的虚拟词元。", Unit = "tokens", Advice = "8 … 100", Minimum = 1, Maximum = PromptSizes.Limit, Aliases = ["prompt_length", "n_tokens"], Example = "20")]
    public int NumVirtualTokens { get; init; } = 20;

    [Setting("Prompt tuning: what the tokens are at first: random, text (the words of prompt_tuning_init_text) or sample_vocab (words drawn from the vocabulary).", "提示微调：虚拟词元的初值：random 随机，text 取 prompt_tuning_init_text 的词，sample_vocab 从词表抽取。", Advice = "text learns fastest", Example = "text")]
    public PromptInit PromptTuningInit { get; init; } = PromptInit.Random;

    [Setting("Prompt tuning: the text to begin with; repeated or cut to num_virtual_tokens tokens.", "提示微调：作为初值的文本；会重复或截断到 num_virtual_tokens 个词元。", Aliases = ["prompt_text"], Example = "\"Classify the sentence:\"")]
    public string? PromptTuningInitText { get; init; }

    public void Validate()
    {
        bool wantsText = PromptTuningInit == PromptInit.Text;
        if (wantsText && string.IsNullOrEmpty(PromptTuningInitText)) throw new InvalidInputException("`prompt_tuning_init` is text, but there is no `prompt_tuning_init_text`.", null, "Give the text, or set prompt_tuning_init to random.");
        if (!wantsText && PromptTuningInitText is not null) throw new InvalidInputException("`prompt_tuning_init_text` is given, but `prompt_tuning_init` does not use it.", null, "Set prompt_tuning_init to text, or remove the text.");
    }
}
