using System.Security.Cryptography;
using System.Text;
using TuneSharp.Data.Corpus;
using TuneSharp.Data.Corpus.NoticeBoard;
using TuneSharp.Data.Corpus.SmallWorld;

namespace TuneSharp.Data.Tests.Corpus;

public class NoticeBoardDatasetTests
{
    private static readonly Lazy<(IReadOnlyList<NoticeBoardRow> Train, IReadOnlyList<NoticeBoardRow> Validation)> Rows = new(() => NoticeBoardDataset.Generate(SmallWorldCorpus.Generate(PretrainingCorpus.Options)));

    [Theory]
    [InlineData("train.jsonl", true)]
    [InlineData("validation.jsonl", false)]
    public void The_files_are_what_the_generator_writes(string file, bool train)
    {
        var rows = train ? Rows.Value.Train : Rows.Value.Validation;

        Repository.ReadText("datasets", "notice-board", file).ShouldBe(string.Concat(rows.Select(r => r.ToJsonLine() + "\n")));
    }

    [Fact]
    public void The_answer_follows_from_the_question()
    {
        foreach (var row in Rows.Value.Train.Concat(Rows.Value.Validation))
        {
            row.Facts.Count.ShouldBe(3);
            row.Facts.ShouldAllBe(fact => row.Passage.Contains(fact, StringComparison.OrdinalIgnoreCase), row.Question);
            row.Answer.ShouldBe(row.Answer[0] == 'w'
                ? $"who: {row.Facts[0]} | what: {row.Facts[1]} | where: {row.Facts[2]}"
                : $"谁：{row.Facts[0]}｜什么：{row.Facts[1]}｜哪里：{row.Facts[2]}");
        }
    }

    [Fact]
    public void The_answers_differ_from_row_to_row_and_the_languages_are_even()
    {
        var rows = Rows.Value.Validation;

        rows.Select(r => r.Answer).Distinct().Count().ShouldBe(rows.Count);
        rows.Select(r => r.Facts[1]).Distinct().Count().ShouldBeGreaterThan(rows.Count * 3 / 4);
        rows.Select(r => r.Facts[2]).Distinct().Count().ShouldBeGreaterThan(rows.Count / 3);
        rows.Count(r => r.Answer[0] == 'w').ShouldBe(rows.Count / 2);
    }

    [Fact]
    public void No_validation_question_and_no_validation_passage_occurs_in_the_training_rows()
    {
        var trained = Rows.Value.Train.SelectMany(r => new[] { Fingerprint(r.Question), Fingerprint(r.Passage), Fingerprint(r.Answer) }).ToHashSet();

        foreach (var row in Rows.Value.Validation)
            new[] { row.Question, row.Passage, row.Answer }.ShouldAllBe(text => !trained.Contains(Fingerprint(text)), row.Question);
    }

    // Every text of the corpus is compared by hash, and passages are looked for inside of it; the facts are looked for too:
    // no document may so much as mention this person, this thing and this place together.
    [Fact]
    public void No_validation_question_occurs_in_the_pre_training_corpus()
    {
        var rows = Rows.Value.Validation;
        var asked = rows.SelectMany(r => new[] { Fingerprint(r.Question), Fingerprint(r.Passage), Fingerprint(r.Answer) }).ToHashSet();
        int documents = 0;
        foreach (var document in SmallWorldCorpus.Generate(PretrainingCorpus.Options))
        {
            documents++;
            foreach (string text in document.Passages)
            {
                asked.Contains(Fingerprint(text)).ShouldBeFalse(text);
                foreach (var row in rows)
                    (text.Contains(row.Passage, StringComparison.Ordinal) || text.Contains(row.Answer, StringComparison.Ordinal)).ShouldBeFalse(text);
                foreach (string word in (string[])["who:", "谁：", "notice board", "布告"])
                    text.Contains(word, StringComparison.OrdinalIgnoreCase).ShouldBeFalse(text);
            }
        }
        documents.ShouldBe(PretrainingCorpus.Options.NumDocuments);
        NoticeBoardDataset.MentionedTogether(rows, SmallWorldCorpus.Generate(PretrainingCorpus.Options)).ShouldBeEmpty();
    }

    [Fact]
    public void A_row_whose_facts_the_corpus_mentions_together_is_found()
    {
        var row = Rows.Value.Validation[0];
        var told = CorpusDocument.OfText($"{row.Facts[2]}, {row.Facts[0]}! A {row.Facts[1]}.");
        var notTold = CorpusDocument.OfText($"{row.Facts[0]} has a {row.Facts[1]}.");

        NoticeBoardDataset.MentionedTogether(Rows.Value.Validation, [notTold, told]).ShouldBe([row]);
        NoticeBoardDataset.MentionedTogether(Rows.Value.Validation, [notTold]).ShouldBeEmpty();
    }

    // Case, blanks and punctuation do not make a text another one.
    private static string Fingerprint(string text)
    {
        string letters = new([.. text.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(letters)));
    }
}
