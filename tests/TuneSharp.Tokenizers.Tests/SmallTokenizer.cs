namespace TuneSharp.Tokenizers.Tests;

/// <summary>Small tokenizers trained here on text of our own, so that every test runs from a clone alone.</summary>
internal static class SmallTokenizer
{
    public static readonly IReadOnlyList<string> Corpus =
    [
        "The little boat crossed the river before the rain began. It wasn't late, and they'd brought bread, apples and 12 candles.",
        "小船在下雨之前渡过了河。时间还不晚，他们带了面包、苹果和12支蜡烛。今天天气真好，我们去河边散步吧。",
        "for (int i = 0; i < 10; i++)\n{\n    total += values[i]; // add\n}\n\n",
        "Das Boot überquert den Fluß; naïve façade, Ångström. Ёлка стоит у дома. \"Quotes\" -- dashes... and 3.14159.",
        "The river, the boat, the rain: the boat came back. We'll see what she'll say, isn't it? YES, IT'S TRUE.",
        "🙂🙂 emoji 👍🏽 and 𝒜𝒷 𠮷野家 mixed.  Two  blanks,\ttabs\r\nand line ends.   ",
    ];

    public static readonly BpeTrainerOptions Options = new()
    {
        VocabularySize = 420,
        SpecialTokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        EosToken = "<|im_end|>",
        PadToken = "<|endoftext|>",
    };

    private static readonly Lazy<Tokenizer> s_gpt2 = new(() => ByteLevelBpeTrainer.Train(Corpus, Options));
    private static readonly Lazy<Tokenizer> s_qwen2 = new(() => ByteLevelBpeTrainer.Train(Corpus, Options with { Split = ByteLevelSplit.Qwen2 }));
    private static readonly Lazy<Tokenizer> s_llama3 = new(() => ByteLevelBpeTrainer.Train(Corpus, Options with { Split = ByteLevelSplit.Llama3 }));

    public static Tokenizer Gpt2 => s_gpt2.Value;

    public static Tokenizer Qwen2 => s_qwen2.Value;

    public static Tokenizer Llama3 => s_llama3.Value;

    public static IEnumerable<Tokenizer> All => [Gpt2, Qwen2, Llama3];
}
