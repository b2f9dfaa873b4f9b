using TuneSharp.Formats;
using TuneSharp.Tokenizers.Models.Bpe;
using TuneSharp.Tokenizers.Models.WordPiece;

namespace TuneSharp.Tokenizers.Tests.Models;

public sealed class WordPieceModelTests
{
    private static readonly string[] s_pieces = ["[UNK]", "a", "ab", "##b", "##c", "##bc", "天", "##天", "##b天", "abc", "é", "##é", "##"];

    private static readonly WordPieceDefinition s_definition = new() { Vocabulary = s_pieces.Select((piece, id) => (piece, id)).ToDictionary(p => p.piece, p => p.id) };

    [Theory]
    [InlineData("abc", "abc")]
    [InlineData("abcb", "abc ##b")]
    [InlineData("ab天", "ab ##天")]
    [InlineData("aéa", "[UNK]")] // nothing continues with a
    [InlineData("x", "[UNK]")]
    [InlineData("天é", "天 ##é")]
    [InlineData("##b", "##b")] // spelled so in the text
    public void The_longest_piece_is_taken_from_the_front(string word, string tokens) => Tokens(s_definition, word).ShouldBe(tokens);

    [Fact]
    public void Words_are_measured_in_code_points()
    {
        WordPieceDefinition three = s_definition with { MaxInputCharsPerWord = 3 };
        Tokens(three, "a天天").ShouldBe("a ##天 ##天");
        Tokens(three, "abcb").ShouldBe("[UNK]");
        Tokens(s_definition, "a" + new string('b', 99)).ShouldStartWith("ab ##b");
        Tokens(s_definition, "a" + new string('b', 100)).ShouldBe("[UNK]");
    }

    [Fact]
    public void Remembered_words_and_an_independent_matcher_agree()
    {
        var random = new Random(5);
        var worker = new BpeWorker();
        var model = new WordPieceModel(s_definition);
        string[] letters = ["a", "b", "c", "天", "é", "#"];
        for (int i = 0; i < 2_000; i++)
        {
            string word = string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => letters[random.Next(letters.Length)]));
            byte[] bytes = System.Text.Encoding.UTF8.GetBytes(word);
            var tokens = new TokenBuffer();
            model.Tokenize(bytes, worker, tokens);
            model.Tokenize(bytes, worker, tokens);
            string[] expected = Match(word);
            tokens.Ids.ToArray().Select(id => s_pieces[id]).ShouldBe([.. expected, .. expected]);
            tokens.Lengths.ToArray().Sum().ShouldBe(2 * bytes.Length);
        }
    }

    [Fact]
    public void A_vocabulary_without_the_unknown_token_is_named()
    {
        WordPieceDefinition without = s_definition with { UnknownToken = "[what]" };
        without.FindWarnings(without.Build(PieceForm.Characters)).ShouldHaveSingleItem().ShouldContain("[what]");
        Tokens(without, "ab").ShouldBe("ab");
        Should.Throw<InvalidInputException>(() => Tokens(without, "x")).Message.ShouldContain("[what]");
    }

    /// <summary>The definition of WordPiece on strings.</summary>
    private static string[] Match(string word)
    {
        var pieces = new List<string>();
        for (string rest = word; rest.Length > 0;)
        {
            string? piece = s_pieces.Where(p => pieces.Count == 0 ? rest.StartsWith(p, StringComparison.Ordinal) : p.StartsWith("##", StringComparison.Ordinal) && p.Length > 2 && rest.StartsWith(p[2..], StringComparison.Ordinal))
                .MaxBy(p => p.Length);
            if (piece is null) return ["[UNK]"];
            rest = rest[(pieces.Count == 0 ? piece.Length : piece.Length - 2)..];
            pieces.Add(piece);
        }
        return [.. pieces];
    }

    private static string Tokens(WordPieceDefinition definition, string word)
    {
        var tokens = new TokenBuffer();
        new WordPieceModel(definition).Tokenize(System.Text.Encoding.UTF8.GetBytes(word), new BpeWorker(), tokens);
        return string.Join(' ', tokens.Ids.ToArray().Select(id => s_pieces[id]));
    }
}
