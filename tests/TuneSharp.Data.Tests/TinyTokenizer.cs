using TuneSharp.Tokenizers;
using TuneSharp.Tokenizers.Training;

namespace TuneSharp.Data.Tests;

/// <summary>A tokenizer of a few hundred tokens with chat markers, trained here in milliseconds.</summary>
internal static class TinyTokenizer
{
    public static Tokenizer Instance { get; } = Train("<eos>");

    public static Tokenizer WithoutEos { get; } = Train(null);

    private static Tokenizer Train(string? eos) => ByteLevelBpeTrainer.Train(
        ["What do cows eat? Cows eat grass.", "What do cats drink? Cats drink milk. The cat sat on the grass.", "Was frisst die Kuh? Gras."],
        new BpeTrainerOptions { VocabularySize = 320, MinFrequency = 2, SpecialTokens = ["<pad>", "<eos>", "<|im_start|>", "<|im_end|>"], EosToken = eos, PadToken = "<pad>" });
}
