using System.Security.Cryptography;
using System.Text;
using TuneSharp.Data.Corpus.NoticeBoard;
using TuneSharp.Data.Corpus.SmallWorld;

namespace TuneSharp.Data.Tests.Corpus;

public class NoticeBoardDatasetTests
{
    private static readonly Lazy<(IReadOnlyList<NoticeBoardRow> Train, IReadOnlyList<NoticeBoardRow> Validation)> Rows = new(() => NoticeBoardDataset.Generate());

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
    public void The_answer_cannot_be_guessed_from_the_request_or_from_the_order_alone()
    {
        var rows = Rows.Value.Validation;

        rows.Select(r => r.Answer).Distinct().Count().ShouldBe(rows.Count);
        int asksForTheFirst = rows.Count(r => r.Passage.IndexOf(r.Facts[1], StringComparison.OrdinalIgnoreCase) < r.Passage.Length / 2);
        asksForTheFirst.ShouldBeInRange(rows.Count / 4, rows.Count * 3 / 4);
    }

    [Fact]
    public void No_validation_question_and_no_validation_passage_occurs_in_the_training_rows()
    {
        var trained = Rows.Value.Train.SelectMany(r => new[] { Fingerprint(r.Question), Fingerprint(r.Passage), Fingerprint(r.Answer) }).ToHashSet();

        foreach (var row in Rows.Value.Validation)
            new[] { row.Question, row.Passage, row.Answer }.ShouldAllBe(text => !trained.Contains(Fingerprint(text)), row.Question);
    }

    // Every text of the corpus, every line of it and every passage is compared by hash; the facts are looked for too:
    // no document may tell that this person did something with this thing in this place.
    [Fact]
    public void No_validation_question_occurs_in_the_pre_training_corpus()
    {
        var rows = Rows.Value.Validation;
        var asked = rows.SelectMany(r => new[] { Fingerprint(r.Question), Fingerprint(r.Passage), Fingerprint(r.Answer) }).ToHashSet();
        var byName = rows.ToLookup(r => r.Facts[1]);
        int documents = 0;
        foreach (var document in SmallWorldCorpus.Generate(PretrainingCorpus.Options))
        {
            documents++;
            foreach (string text in document.Passages)
            {
                foreach (string part in text.Split('\n').Append(text))
                    asked.ShouldNotContain(Fingerprint(part), part);
                text.ShouldNotContain("who:");
                text.ShouldNotContain("谁：");
                text.ShouldNotContain("notice board");
                text.ShouldNotContain("布告");
            }
            string all = string.Join('\n', document.Passages);
            foreach (var things in byName)
            {
                if (!all.Contains(things.Key, StringComparison.Ordinal))
                    continue;
                foreach (var row in things)
                    (all.Contains(row.Facts[0], StringComparison.Ordinal) && all.Contains(row.Facts[2], StringComparison.Ordinal)).ShouldBeFalse(row.Answer + " / " + all);
            }
        }
        documents.ShouldBe(PretrainingCorpus.Options.NumDocuments);
    }

    // Case, blanks and punctuation do not make a text another one.
    private static string Fingerprint(string text)
    {
        string letters = new([.. text.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(letters)));
    }
}
