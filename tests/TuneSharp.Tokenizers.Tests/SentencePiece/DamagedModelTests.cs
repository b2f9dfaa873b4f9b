using TuneSharp.Formats;
using TuneSharp.Tokenizers.Files;
using TuneSharp.Tokenizers.SentencePiece;

namespace TuneSharp.Tokenizers.Tests.SentencePiece;

public sealed class DamagedModelTests
{
    private static readonly byte[] Model = SentencePieceFile.Write(SmallPieces.WithBytes("▁", "a", "b", "ab"));

    [Fact]
    public void What_was_written_is_read()
    {
        SentencePieceVocabulary vocabulary = SmallPieces.WithBytes("▁", "天") with { AddDummyPrefix = false, RemoveExtraWhitespaces = true, EscapeWhitespaces = false, WhitespaceAsSuffix = true, UnknownSurface = "?", PadId = 7, EosId = null };
        SentencePieceVocabulary read = SentencePieceFile.Parse(SentencePieceFile.Write(vocabulary), "m");
        read.Pieces.ShouldBe(vocabulary.Pieces);
        (read with { Pieces = [] }).ShouldBe(vocabulary with { Pieces = [] });
    }

    [Fact]
    public void Every_truncation_and_every_flipped_bit_is_refused_or_read()
    {
        for (int length = 0; length < Model.Length; length += length < 200 ? 1 : 7) Accepts(Model[..length]);
        Accepts([]).ShouldBeFalse();
        Accepts(Model).ShouldBeTrue();
        for (int bit = 0; bit < Model.Length * 8; bit += bit < 2000 || bit > (Model.Length - 60) * 8 ? 1 : 13)
        {
            byte[] flipped = [.. Model];
            flipped[bit / 8] ^= (byte)(1 << bit % 8);
            Accepts(flipped);
        }
    }

    [Fact]
    public void Random_bytes_are_refused()
    {
        var random = new Random(3);
        for (int i = 0; i < 500; i++)
        {
            byte[] bytes = new byte[random.Next(1, 200)];
            random.NextBytes(bytes);
            Accepts(bytes).ShouldBeFalse();
        }
    }

    public static TheoryData<string, string> Broken() => new()
    {
        { "empty", "Piece 3, '', is empty" },
        { "twice", "is the same as number 1" },
        { "nan", "not a number" },
        { "long", "at most 512" },
        { "byte", "not written as one" },
        { "missing byte", "<0x07> is missing" },
        { "kind", "type 9" },
        { "bos", "The BOS piece has the id 99" },
        { "unknown", "The unknown piece has the id 99" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_defect_is_named(string what, string named)
    {
        VocabularyPiece[] pieces = [new("<unk>", 0, PieceKind.Unknown), new("<s>", 0, PieceKind.Control), new("▁", 0, PieceKind.Normal), new("a", 0, PieceKind.Normal)];
        SentencePieceVocabulary vocabulary = new() { ByteFallback = false, Pieces = pieces };
        switch (what)
        {
            case "empty": pieces[3] = pieces[3] with { Text = "" }; break;
            case "twice": pieces[3] = pieces[3] with { Text = "<s>" }; break;
            case "nan": pieces[3] = pieces[3] with { Score = float.NaN }; break;
            case "long": pieces[3] = pieces[3] with { Text = new string('a', 513) }; break;
            case "byte": pieces[3] = pieces[3] with { Kind = PieceKind.Byte }; break;
            case "kind": pieces[3] = pieces[3] with { Kind = (PieceKind)9 }; break;
            case "bos": vocabulary = vocabulary with { BosId = 99 }; break;
            case "unknown": vocabulary = vocabulary with { UnknownId = 99 }; break;
            default: vocabulary = SmallPieces.WithBytes("a") with { Pieces = [.. SmallPieces.WithBytes("a").Pieces.Where(piece => piece.Text != "<0x07>")] }; break;
        }
        Should.Throw<InvalidInputException>(() => vocabulary.Check("m")).Message.ShouldContain(named);
    }

    [Theory]
    [InlineData(1, "Unigram")]
    [InlineData(3, "word")]
    [InlineData(77, "number 77")]
    public void Another_kind_of_model_is_named(int kind, string named)
    {
        byte[] trainer = [0x12, 2, 0x18, (byte)kind]; // trainer_spec { model_type }
        byte[] model = [.. Model, .. trainer];
        Should.Throw<InvalidInputException>(() => SentencePieceFile.Parse(model, "m")).Message.ShouldContain(named);
    }

    private static bool Accepts(byte[] model)
    {
        try
        {
            Tokenizer tokenizer = Tokenizer.Parse(new TokenizerFiles { Where = "tokenizer.model", SentencePiece = model });
            tokenizer.Decode(tokenizer.EncodeIds("ab 天"));
            return true;
        }
        catch (InvalidInputException) { return false; }
    }
}
