using TuneSharp.Formats;
using TuneSharp.Tests.Shared;

namespace TuneSharp.Tokenizers.Tests.Files;

public sealed class VocabularyTextTests : IDisposable
{
    private const string Pieces = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nboat\nbo\n##at\n天\n气\nBoat\nbôat\n##s\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("tunesharp-vocabulary-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(null, "[CLS] boat ##s 天 气 boat [SEP]")]
    [InlineData("""{"tokenizer_class": "BertTokenizer", "do_lower_case": false}""", "[CLS] Boat ##s 天 气 bôat [SEP]")]
    [InlineData("""{"tokenizer_class": "DistilBertTokenizerFast", "do_lower_case": false, "strip_accents": true}""", "[CLS] Boat ##s 天 气 boat [SEP]")]
    [InlineData("""{"tokenize_chinese_chars": false, "strip_accents": false}""", "[CLS] [UNK] bôat [SEP]")]
    [InlineData("""{"cls_token": {"content": "[MASK]"}, "sep_token": "[PAD]"}""", "[MASK] boat ##s 天 气 boat [PAD]")]
    public void The_settings_beside_a_vocabulary_count(string? settings, string tokens)
    {
        Tokenizer tokenizer = Load(Pieces, settings);
        tokenizer.Encode("Boats天气 bôat", addSpecialTokens: true).Tokens.ShouldBe(tokens.Split(' '));
        string saved = Path.Combine(_folder, "saved");
        tokenizer.Save(saved);
        Tokenizer.Load(saved).EncodeIds("Boats天气 bôat", addSpecialTokens: true).ShouldBe(tokenizer.EncodeIds("Boats天气 bôat", addSpecialTokens: true));
    }

    [Fact]
    public void A_pair_has_types_and_the_separator_twice()
    {
        Encoding pair = Load(Pieces, null).EncodePair("boat", "天", addSpecialTokens: true);
        pair.Tokens.ShouldBe(["[CLS]", "boat", "[SEP]", "天", "[SEP]"]);
        pair.TypeIds.ShouldBe([0, 0, 0, 1, 1]);
    }

    [Theory]
    [InlineData("[UNK]\na\na\n", null, "line 3")]
    [InlineData("", null, "empty")]
    [InlineData("[UNK]\n", """{"tokenizer_class": "BertJapaneseTokenizer"}""", "'BertJapaneseTokenizer'")]
    public void A_defect_is_named(string pieces, string? settings, string named) =>
        Should.Throw<InvalidInputException>(() => Load(pieces, settings)).Message.ShouldContain(named);

    private Tokenizer Load(string pieces, string? settings)
    {
        File.WriteAllText(Path.Combine(_folder, "vocab.txt"), pieces);
        if (settings is not null) File.WriteAllText(Path.Combine(_folder, "tokenizer_config.json"), settings);
        return Tokenizer.Load(_folder);
    }
}
