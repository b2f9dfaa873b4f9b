using TuneSharp.Tokenizers.Models.Bpe;
using TuneSharp.Tokenizers.SentencePiece;

namespace TuneSharp.Tokenizers.Tests.SentencePiece;

public sealed class SentencePieceTests
{
    private static readonly string[] Letters = ["▁", "a", "b", "c", "ab", "bc", "▁a", "▁ab", "abc", "天", "天天", "aa"];
    private static readonly string[] Characters = ["a", "b", "c", "▁", "天", "好", "𠮷"];

    [Fact]
    public void The_highest_score_is_joined_first_and_the_leftmost_among_equals()
    {
        Tokenizer tokenizer = SmallPieces.Load(SmallPieces.WithBytes(Letters) with { AddDummyPrefix = false });
        SmallPieces.Tokens(tokenizer, "abc").ShouldBe(["abc"]);       // ab before bc, then abc
        SmallPieces.Tokens(tokenizer, "aaa").ShouldBe(["aa", "a"]);   // the left pair
        SmallPieces.Tokens(tokenizer, "天天天").ShouldBe(["天天", "天"]);
    }

    [Fact]
    public void Blanks_are_signs_and_one_stands_in_front()
    {
        Tokenizer plain = SmallPieces.Load(SmallPieces.WithBytes(Letters));
        SmallPieces.Tokens(plain, " a b").ShouldBe(["▁", "▁a", "▁", "b"]);
        SmallPieces.Tokens(plain, "").ShouldBeEmpty();
        Tokenizer trimmed = SmallPieces.Load(SmallPieces.WithBytes(Letters) with { RemoveExtraWhitespaces = true });
        SmallPieces.Tokens(trimmed, "  a   b ").ShouldBe(["▁a", "▁", "b"]);
        trimmed.Encode("  a   b ").ByteOffsets.Skip(1).ShouldBe(trimmed.Encode("  a   b ", splitSpecialTokens: true).ByteOffsets.Skip(1));
        Tokenizer behind = SmallPieces.Load(SmallPieces.WithBytes("▁", "a", "a▁") with { WhitespaceAsSuffix = true });
        SmallPieces.Tokens(behind, "a a").ShouldBe(["a▁", "a▁"]);
    }

    [Fact]
    public void Characters_without_a_piece_become_bytes_and_come_back()
    {
        Tokenizer tokenizer = SmallPieces.Load(SmallPieces.WithBytes(Letters));
        Encoding encoding = tokenizer.Encode("a好", splitSpecialTokens: true);
        encoding.Tokens.ShouldBe(["▁a", "<0xE5>", "<0xA5>", "<0xBD>"]);
        encoding.Offsets.Select(span => (span.Start, span.End)).ShouldBe([(0, 1), (1, 1), (1, 1), (1, 2)]); // the last byte has the character
        tokenizer.Decode(encoding.Ids).ShouldBe("a好");
        tokenizer.Decode(encoding.Ids.AsSpan(0, 3)).ShouldBe("a\uFFFD\uFFFD");
        int[] mixed = [encoding.Ids[1], .. tokenizer.EncodeIds("好", splitSpecialTokens: true)[1..]];
        tokenizer.Decode(mixed).ShouldBe("\uFFFD好"); // the bytes behind a lone one are still a character
    }

    [Fact]
    public void Unknown_neighbours_are_one_token_without_bytes()
    {
        var vocabulary = new SentencePieceVocabulary { ByteFallback = false, Pieces = [new("<unk>", 0, PieceKind.Unknown), new("▁", 0, PieceKind.Normal), new("a", -1, PieceKind.Normal)] };
        Tokenizer tokenizer = SmallPieces.Load(vocabulary);
        Encoding encoding = tokenizer.Encode("axyza", splitSpecialTokens: true);
        encoding.Ids.ShouldBe([1, 2, 0, 2]);
        (encoding.Offsets[2].Start, encoding.Offsets[2].End).ShouldBe((1, 4));
        tokenizer.Decode(encoding.Ids).ShouldBe("a \u2047 a");
    }

    [Fact]
    public void User_defined_pieces_stay_whole_and_unused_ones_are_split_again()
    {
        SentencePieceVocabulary letters = SmallPieces.WithBytes("▁", "a", "b", "c", "ab", "abc");
        VocabularyPiece[] pieces = [.. letters.Pieces];
        pieces[^2] = pieces[^2] with { Kind = PieceKind.Unused };
        Tokenizer unused = SmallPieces.Load(letters with { Pieces = pieces, AddDummyPrefix = false });
        SmallPieces.Tokens(unused, "ab").ShouldBe(["a", "b"]);
        SmallPieces.Tokens(unused, "abc").ShouldBe(["abc"]); // merges go through it
        Tokenizer defined = SmallPieces.Load(letters with { Pieces = [.. letters.Pieces, new("bc", 0, PieceKind.UserDefined)], AddDummyPrefix = false });
        SmallPieces.Tokens(defined, "abcab").ShouldBe(["a", "bc", "ab"]);
    }

    [Fact]
    public void Control_pieces_are_special_tokens_unless_the_text_is_from_outside()
    {
        Tokenizer tokenizer = SmallPieces.Load(SmallPieces.WithBytes([.. Letters, "<", "s", ">"]));
        tokenizer.EncodeIds("<s>a").ShouldBe([1, tokenizer.TokenToId("▁a")!.Value]);
        SmallPieces.Tokens(tokenizer, "<s>a").ShouldBe(["▁", "<", "s", ">", "a"]);
        tokenizer.EncodeIds("a", addSpecialTokens: true)[0].ShouldBe(1);
        (tokenizer.SpecialTokens.Bos!.Text, tokenizer.SpecialTokens.Eos!.Id).ShouldBe(("<s>", 2));
        Tokenizer quiet = SmallPieces.Load(SmallPieces.WithBytes(Letters), """{"add_bos_token": false, "add_eos_token": true, "added_tokens_decoder": {"300": {"content": "<|user|>", "special": true}}}""");
        quiet.EncodeIds("a<|user|>", addSpecialTokens: true).ShouldBe([quiet.TokenToId("▁a")!.Value, 300, 2]);
    }

    [Fact]
    public void Cuts_and_remembered_parts_change_nothing()
    {
        SentencePieceVocabulary vocabulary = SmallPieces.WithBytes([.. Letters, "cc", "▁▁", "▁▁▁", "b天", "ca"]);
        var model = new SentencePieceModel(vocabulary);
        var worker = new BpeWorker();
        var random = new Random(5);
        for (int i = 0; i < 400; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => Characters[random.Next(Characters.Length)]));
            byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
            TokenBuffer fast = new(), plain = new();
            model.Tokenize(bytes, worker, fast);
            model.TokenizePlainly(bytes, plain);
            fast.Ids.ToArray().ShouldBe(plain.Ids.ToArray(), text);
            fast.Lengths.ToArray().ShouldBe(plain.Lengths.ToArray(), text);
        }
    }

    [Fact]
    public void Saved_and_loaded_from_a_folder_it_is_the_same()
    {
        string folder = Directory.CreateTempSubdirectory("tunesharp-pieces-").FullName;
        try
        {
            Tokenizer tokenizer = SmallPieces.Load(SmallPieces.WithBytes(Letters), """{"bos_token": "<s>", "add_bos_token": false}""");
            tokenizer.Save(folder);
            Directory.GetFiles(folder).Select(Path.GetFileName).Order().ShouldBe(["tokenizer.model", "tokenizer_config.json"]);
            foreach (string path in (string[])[folder, Path.Combine(folder, "tokenizer.model")])
                Tokenizer.Load(path).EncodeIds("ab 天好", addSpecialTokens: true).ShouldBe(tokenizer.EncodeIds("ab 天好", addSpecialTokens: true));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_long_text_without_a_blank_takes_no_time()
    {
        Tokenizer tokenizer = SmallPieces.Load(SmallPieces.WithBytes(Letters));
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        tokenizer.EncodeIds(new string('a', 100_000)).Length.ShouldBe(50_001);
        System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds.ShouldBeLessThan(2);
    }
}
