using TuneSharp.Formats;
using TuneSharp.Tokenizers.Models.Bpe;
using TuneSharp.Tokenizers.Models.Unigram;
using TuneSharp.Tokenizers.Tests.Files;

namespace TuneSharp.Tokenizers.Tests.Models;

public sealed class UnigramModelTests
{
    private static readonly (string Piece, double Score)[] s_pieces = [("<unk>", 0), ("a", -2), ("b", -2.5), ("ab", -3.9), ("ba", -4), ("aba", -6.1), ("天", -3), ("天a", -5.5), ("<0xC3>", -9), ("<0xA9>", -9)];

    private static readonly UnigramDefinition s_definition = new()
    {
        Vocabulary = s_pieces.Select((piece, id) => (piece.Piece, id)).ToDictionary(p => p.Piece, p => p.id),
        Scores = [.. s_pieces.Select(p => p.Score)],
        UnknownId = 0,
    };

    [Fact]
    public void The_best_cut_is_that_of_all_cuts()
    {
        var random = new Random(4);
        var worker = new BpeWorker();
        var model = new UnigramModel(s_definition);
        string[] letters = ["a", "b", "天", "é", "x"];
        for (int i = 0; i < 500; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => letters[random.Next(letters.Length)]));
            byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
            var tokens = new TokenBuffer();
            model.Tokenize(bytes, worker, tokens);
            int count = tokens.Count;
            model.Tokenize(bytes, worker, tokens); // remembered
            tokens.Ids[count..].ToArray().ShouldBe(tokens.Ids[..count].ToArray());
            tokens.Lengths[..count].ToArray().Sum().ShouldBe(bytes.Length);
            ScoreOf(text, tokens.Ids[..count].ToArray(), tokens.Lengths[..count].ToArray()).ShouldBe(Best(text), 1e-9, text);
        }
    }

    [Fact]
    public void Unknown_neighbours_are_one_token_that_is_spelled_as_the_text()
    {
        Ids(s_definition, "axéa").ShouldBe([1, 0, 1]);
        Ids(s_definition with { ByteFallback = true }, "aéa").ShouldBe([1, 8, 9, 1]);
        Ids(s_definition with { ByteFallback = true }, "axa").ShouldBe([1, 0, 1], "not all bytes have a token");
        Encoding encoding = Load("\"unk_id\": 0").Encode("axya");
        encoding.Tokens.ShouldBe(["a", "xy", "a"]);
        encoding.CodePointOffsets[1].ShouldBe(new TextSpan(1, 3));
    }

    [Theory]
    [InlineData("\"unk_id\": 9", "unk_id")]
    [InlineData("\"unk_id\": 0, \"byte_fallback\": 1", "byte_fallback")]
    public void A_field_that_cannot_be_is_named(string fields, string named) => Should.Throw<InvalidInputException>(() => Load(fields)).Message.ShouldContain(named);

    [Theory]
    [InlineData("""[["a", -1], ["a", -2]]""", "'a'")]
    [InlineData("""[["a", "b"]]""", "Entry 0")]
    [InlineData("""[["a"]]""", "Entry 0")]
    [InlineData("[]", "empty")]
    [InlineData("{}", "list of pieces")]
    public void A_vocabulary_that_cannot_be_is_named(string vocab, string named) =>
        Should.Throw<InvalidInputException>(() => SampleJson.Parse($$"""{ "model": {"type": "Unigram", "unk_id": null, "vocab": {{vocab}} } }""")).Message.ShouldContain(named);

    [Fact]
    public void Without_an_unknown_token_a_strange_character_is_an_error()
    {
        Tokenizer tokenizer = Load("\"unk_id\": null");
        tokenizer.Warnings.ShouldHaveSingleItem().ShouldContain("unk_id");
        tokenizer.EncodeIds("aa").Length.ShouldBe(2);
        Should.Throw<InvalidInputException>(() => tokenizer.EncodeIds("ax")).Message.ShouldContain("unk_id");
    }

    private static Tokenizer Load(string fields) => SampleJson.Parse($$"""{ "model": {"type": "Unigram", {{fields}}, "vocab": [["<unk>", 0], ["a", -1], ["b", -2]] } }""");

    private static double Best(string text)
    {
        if (text.Length == 0) return 0;
        double best = double.NegativeInfinity;
        foreach ((string piece, double score) in s_pieces.Where(p => text.StartsWith(p.Piece, StringComparison.Ordinal))) best = Math.Max(best, score + Best(text[piece.Length..]));
        return s_pieces.Any(p => p.Piece == text[..1]) ? best : Math.Max(best, -19 + Best(text[1..]));
    }

    private static double ScoreOf(string text, int[] ids, int[] lengths)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        double score = 0;
        for (int i = 0, at = 0; i < ids.Length; at += lengths[i++])
            score += ids[i] == 0 ? -19 * System.Text.Encoding.UTF8.GetString(bytes, at, lengths[i]).Length : s_pieces[ids[i]].Score;
        return score;
    }

    private static int[] Ids(UnigramDefinition definition, string text)
    {
        var tokens = new TokenBuffer();
        new UnigramModel(definition).Tokenize(System.Text.Encoding.UTF8.GetBytes(text), new BpeWorker(), tokens);
        return tokens.Ids.ToArray();
    }
}
