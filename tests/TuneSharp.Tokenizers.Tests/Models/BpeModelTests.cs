using TuneSharp.Formats;
using TuneSharp.Tokenizers.Models.Bpe;

namespace TuneSharp.Tokenizers.Tests.Models;

public sealed class BpeModelTests
{
    [Fact]
    public void Shortcuts_give_the_tokens_of_the_plain_loop()
    {
        var random = new Random(3);
        foreach (bool ignoreMerges in new[] { false, true })
        {
            BpeDefinition definition = RandomDefinition(random, ignoreMerges);
            foreach (PieceForm form in new[] { PieceForm.Bytes, PieceForm.Characters })
            {
                var model = new BpeModel(definition, form);
                var worker = new BpeWorker();
                for (int i = 0; i < 1_500; i++)
                {
                    int length = i % 500 == 0 ? random.Next(150, 600) : random.Next(1, 30);
                    byte[] piece = [.. Enumerable.Range(0, length).Select(_ => (byte)('a' + random.Next(random.Next(1, 5))))];
                    var fast = new TokenBuffer();
                    var plain = new TokenBuffer();
                    model.Tokenize(piece, worker, fast);
                    model.Tokenize(piece, worker, fast); // from the cache the second time
                    model.TokenizePlainly(piece, worker, plain);
                    int[] expected = Merge(definition, piece);
                    plain.Ids.ToArray().ShouldBe(expected);
                    fast.Ids.ToArray().ShouldBe([.. expected, .. expected]);
                    fast.Lengths.ToArray().Sum().ShouldBe(2 * length);
                }
            }
        }
    }

    /// <summary>The definition of BPE, as plainly as it can be written.</summary>
    private static int[] Merge(BpeDefinition definition, byte[] piece)
    {
        string text = System.Text.Encoding.ASCII.GetString(piece);
        if (definition.IgnoreMerges && definition.Vocabulary.TryGetValue(text, out int whole)) return [whole];
        var ranks = new Dictionary<(string, string), int>();
        for (int i = 0; i < definition.Merges.Count; i++) ranks[definition.Merges[i]] = i;
        List<string> symbols = [.. text.Select(c => c.ToString())];
        while (true)
        {
            int best = -1;
            for (int i = 0; i + 1 < symbols.Count; i++)
                if (ranks.TryGetValue((symbols[i], symbols[i + 1]), out int rank) && (best < 0 || rank < ranks[(symbols[best], symbols[best + 1])])) best = i;
            if (best < 0) return [.. symbols.Select(symbol => definition.Vocabulary[symbol])];
            symbols[best] += symbols[best + 1];
            symbols.RemoveAt(best + 1);
        }
    }

    /// <summary>Merges in random order, so that a later one can enable a better-ranked one.</summary>
    private static BpeDefinition RandomDefinition(Random random, bool ignoreMerges)
    {
        List<string> tokens = ["a", "b", "c", "d"];
        var merges = new List<(string, string)>();
        while (merges.Count < 120)
        {
            string left = tokens[random.Next(tokens.Count)], right = tokens[random.Next(tokens.Count)];
            if (left.Length + right.Length > 9 || merges.Contains((left, right))) continue;
            merges.Add((left, right));
            if (!tokens.Contains(left + right)) tokens.Add(left + right);
        }
        var shuffled = merges.ToArray();
        random.Shuffle(shuffled);
        return new BpeDefinition
        {
            Vocabulary = tokens.Select((token, id) => (token, id)).ToDictionary(t => t.token, t => t.id),
            Merges = shuffled,
            IgnoreMerges = ignoreMerges,
        };
    }

    [Fact]
    public void Unknown_characters_fall_back_to_bytes_or_to_the_unknown_token()
    {
        Dictionary<string, int> vocabulary = new() { ["<unk>"] = 0, ["a"] = 1, ["<0xC3>"] = 2, ["<0xA9>"] = 3 };
        var definition = new BpeDefinition { Vocabulary = vocabulary, Merges = [], UnknownToken = "<unk>", ByteFallback = true };
        Ids(definition, "aéa").ShouldBe([1, 2, 3, 1]);
        Ids(definition, "aßßa").ShouldBe([1, 0, 0, 1]); // <0x9F> is missing
        Ids(definition with { FuseUnknown = true }, "aßßa").ShouldBe([1, 0, 1]);
        Ids(definition with { UnknownToken = null }, "aßa").ShouldBe([1, 1]);
        Should.Throw<InvalidInputException>(() => Ids(definition with { UnknownToken = "<what>" }, "aßa")).Message.ShouldContain("<what>");
    }

    [Fact]
    public void Affixes_mark_the_inside_and_the_end_of_words()
    {
        var definition = new BpeDefinition
        {
            Vocabulary = new Dictionary<string, int> { ["a"] = 0, ["##b"] = 1, ["##b</w>"] = 2, ["ab</w>"] = 3, ["a</w>"] = 4, ["ab"] = 5 },
            Merges = [("a", "##b</w>"), ("a", "##b")],
            ContinuingSubwordPrefix = "##",
            EndOfWordSuffix = "</w>",
        };
        Ids(definition, "ab").ShouldBe([3]);
        Ids(definition, "abb").ShouldBe([5, 2]);
        Ids(definition, "a").ShouldBe([4]);
    }

    private static int[] Ids(BpeDefinition definition, string text)
    {
        var tokens = new TokenBuffer();
        new BpeModel(definition, PieceForm.Characters).Tokenize(System.Text.Encoding.UTF8.GetBytes(text), new BpeWorker(), tokens);
        return tokens.Ids.ToArray();
    }
}
