using TuneSharp.Formats;

namespace TuneSharp.Tokenizers.Tests.Training;

public sealed class ByteLevelBpeTrainerTests
{
    [Fact]
    public void Ids_are_special_tokens_then_bytes_then_merges()
    {
        Tokenizer tokenizer = ByteLevelBpeTrainer.Train(["abab abab", "abab"], new BpeTrainerOptions { VocabularySize = 262, SpecialTokens = ["<s>"] });
        tokenizer.TokenToId("<s>").ShouldBe(0);
        tokenizer.TokenToId("!").ShouldBe(1);
        tokenizer.IdToToken(256).ShouldBe("Ń");
        // (a, b) occurs 6 times; then (ab, ab) 3 times; then (Ġ, abab) only once, below the least frequency.
        tokenizer.IdToToken(257).ShouldBe("ab");
        tokenizer.IdToToken(258).ShouldBe("abab");
        tokenizer.VocabularySize.ShouldBe(259);
        tokenizer.EncodeIds("abab ab").ShouldBe([258, tokenizer.TokenToId("Ġ")!.Value, 257]);
    }

    [Fact]
    public void A_tie_goes_to_the_smallest_ids()
    {
        Tokenizer tokenizer = ByteLevelBpeTrainer.Train(["ba", "ba", "dc", "dc", "ab", "ab"], new BpeTrainerOptions { VocabularySize = 259 });
        tokenizer.IdToToken(256).ShouldBe("ab");
        tokenizer.IdToToken(257).ShouldBe("ba");
        tokenizer.IdToToken(258).ShouldBe("dc");
    }

    [Fact]
    public void Overlapping_pairs_merge_from_the_left()
    {
        Tokenizer tokenizer = ByteLevelBpeTrainer.Train(["aaaa aaaa"], new BpeTrainerOptions { VocabularySize = 258, MinFrequency = 1 });
        tokenizer.IdToToken(256).ShouldBe("aa");
        tokenizer.IdToToken(257).ShouldBe("aaaa");
        tokenizer.Encode("aaaaaaa").Tokens.ShouldBe(["aaaa", "aa", "a"]);
    }

    [Fact]
    public void Max_token_length_keeps_new_tokens_below_it()
    {
        Tokenizer tokenizer = ByteLevelBpeTrainer.Train(SmallTokenizer.Corpus, SmallTokenizer.Options with { MaxTokenLength = 4 });
        for (int id = 3; id < tokenizer.VocabularySize; id++) tokenizer.IdToToken(id)!.Length.ShouldBeLessThan(4);
        tokenizer.VocabularySize.ShouldBeGreaterThan(300);
    }

    [Fact]
    public void Training_twice_gives_the_same_file()
    {
        string first = Directory.CreateTempSubdirectory("tunesharp-").FullName, second = Directory.CreateTempSubdirectory("tunesharp-").FullName;
        try
        {
            ByteLevelBpeTrainer.Train(SmallTokenizer.Corpus, SmallTokenizer.Options).Save(first);
            ByteLevelBpeTrainer.Train(SmallTokenizer.Corpus, SmallTokenizer.Options).Save(second);
            File.ReadAllBytes(Path.Combine(first, "tokenizer.json")).ShouldBe(File.ReadAllBytes(Path.Combine(second, "tokenizer.json")));
        }
        finally
        {
            Directory.Delete(first, true);
            Directory.Delete(second, true);
        }
    }

    [Fact]
    public void A_vocabulary_without_room_for_the_bytes_is_refused() =>
        Should.Throw<InvalidInputException>(() => ByteLevelBpeTrainer.Train([], new BpeTrainerOptions { VocabularySize = 100 })).Message.ShouldContain("256");
}
