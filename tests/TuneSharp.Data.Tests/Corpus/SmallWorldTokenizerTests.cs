using TuneSharp.Data.Corpus.NoticeBoard;
using TuneSharp.Data.Corpus.SmallWorld;
using TuneSharp.Tokenizers;

namespace TuneSharp.Data.Tests.Corpus;

public class SmallWorldTokenizerTests
{
    private static readonly Lazy<Tokenizer> Small = new(() => SmallWorldTokenizer.Train(new() { NumDocuments = 3_000 }, 2_048));

    [Fact]
    public void Chinese_text_is_cut_into_known_words_and_nothing_is_lost()
    {
        var splitter = new ChineseWordSplitter(SmallWorldLanguage.Chinese().Grammar);

        splitter.Split("小雨在公园里找到了一只风筝。Mia sees it, too.").ShouldBe(["小雨", "在", "公园", "里", "找到", "了", "一", "只", "风筝", "。Mia sees it, too."]);
        splitter.Split("").ShouldBeEmpty();
    }

    [Fact]
    public void A_frequent_word_is_one_token_and_no_token_joins_two_words()
    {
        var tokenizer = Small.Value;

        tokenizer.EncodeIds(" kite").Length.ShouldBe(1);
        tokenizer.EncodeIds(" Mia").Length.ShouldBe(1);
        tokenizer.EncodeIds("小雨").Length.ShouldBe(1);
        foreach (string piece in tokenizer.EncodeIds("小雨在公园里找到了").Select(id => tokenizer.Decode([id])))
            new[] { "小雨", "在", "公园", "里", "找到", "了" }.ShouldContain(word => word.Contains(piece, StringComparison.Ordinal), piece);
    }

    [Fact]
    public void Every_text_survives_the_round_trip()
    {
        foreach (var row in NoticeBoardDataset.Generate([], 7, 20, 20).Validation)
            Small.Value.Decode(Small.Value.EncodeIds(row.Question)).ShouldBe(row.Question);
        Small.Value.Decode(Small.Value.EncodeIds("Zoë → 🦉 龘")).ShouldBe("Zoë → 🦉 龘");
    }

    [Fact]
    public void Training_it_again_gives_the_same_file()
    {
        string Save()
        {
            string folder = Directory.CreateTempSubdirectory("tunesharp-tokenizer").FullName;
            try
            {
                SmallWorldTokenizer.Train(new() { NumDocuments = 500 }, 600).Save(folder);
                return string.Concat(Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllText));
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        Save().ShouldBe(Save());
    }
}
