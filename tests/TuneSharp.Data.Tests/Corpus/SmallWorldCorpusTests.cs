using TuneSharp.Data.Corpus;
using TuneSharp.Data.Corpus.SmallWorld;
using TuneSharp.Formats;

namespace TuneSharp.Data.Tests.Corpus;

public class SmallWorldCorpusTests
{
    private static List<CorpusDocument> Some(int count, ulong seed = 1) => [.. SmallWorldCorpus.Generate(new() { NumDocuments = count, Seed = seed })];

    [Fact]
    public void The_same_options_give_the_same_bytes_and_another_seed_others()
    {
        SmallWorldCorpus.Hash(Some(300)).ShouldBe(SmallWorldCorpus.Hash(Some(300)));
        SmallWorldCorpus.Hash(Some(300)).ShouldNotBe(SmallWorldCorpus.Hash(Some(300, seed: 2)));
    }

    [Fact]
    public void The_embedded_models_corpus_is_made_again_to_the_last_byte()
    {
        var (sha256, numBytes) = SmallWorldCorpus.Hash(SmallWorldCorpus.Generate(PretrainingCorpus.Options));

        TestContext.Current.SendDiagnosticMessage($"small-world: {PretrainingCorpus.Options.NumDocuments} documents, {numBytes} bytes, SHA-256 {sha256}");
        sha256.ShouldBe(PretrainingCorpus.Sha256);
        numBytes.ShouldBe(PretrainingCorpus.NumBytes);
        Repository.ReadText("models", "tunesharp-mini", "README.md").ShouldContain(sha256);
    }

    [Fact]
    public void The_first_documents_ask_to_copy_if_so_wanted()
    {
        var documents = SmallWorldCorpus.Generate(new() { NumDocuments = 800, NumCopyingDocuments = 200 }).ToList();

        documents.Take(200).Count(IsCopy).ShouldBeGreaterThan(150);
        documents.Skip(200).Take(400).Count(IsCopy).ShouldBeInRange(100, 300);
        documents.Skip(600).Count(IsCopy).ShouldBeLessThan(50);
        documents.Skip(600).Select(SmallWorldCorpus.ToJsonLine).ShouldBe(Some(800).Skip(600).Select(SmallWorldCorpus.ToJsonLine));

        static bool IsCopy(CorpusDocument d) => d.Messages is { Count: 2 } m && m[0].Content.EndsWith(m[1].Content, StringComparison.Ordinal);
    }

    [Fact]
    public void A_smaller_corpus_is_the_beginning_of_a_larger_one() =>
        Some(500).Take(100).Select(SmallWorldCorpus.ToJsonLine).ShouldBe(Some(100).Select(SmallWorldCorpus.ToJsonLine));

    [Fact]
    public void Nothing_of_the_grammar_is_left_in_the_text()
    {
        foreach (string text in Some(20_000).SelectMany(d => d.Passages))
            text.IndexOfAny(['{', '}', '<', '>', '¶', '\\']).ShouldBe(-1, text);
    }

    [Fact]
    public void Conversations_take_turns_and_end_with_an_answer()
    {
        var conversations = Some(5_000).Where(d => d.Messages is not null).ToList();

        conversations.Count.ShouldBeInRange(2_500, 4_000);
        foreach (var document in conversations)
        {
            var turns = document.Messages!.SkipWhile(m => m.Role == "system").ToList();
            turns.Count.ShouldBeGreaterThan(1);
            for (int i = 0; i < turns.Count; i++)
                turns[i].Role.ShouldBe(i % 2 == 0 ? "user" : "assistant", SmallWorldCorpus.ToJsonLine(document));
            turns.Count(m => m.Role == "user").ShouldBe(turns.Where(m => m.Role == "user").Select(m => m.Content).Distinct().Count());
            turns[^1].Role.ShouldBe("assistant");
            turns.ShouldAllBe(m => m.Content.Length > 0);
        }
    }

    [Fact]
    public void Both_languages_and_the_hand_written_pieces_have_their_share()
    {
        var documents = Some(20_000);
        double chinese = documents.Count(d => d.Passages.Any(p => p.Any(c => c is >= '一' and <= '龥'))) / 20_000.0;

        chinese.ShouldBeInRange(0.43, 0.48);
        foreach (var language in new[] { SmallWorldLanguage.English(), SmallWorldLanguage.Chinese() })
        {
            language.HandWritten.Count.ShouldBeGreaterThanOrEqualTo(36);
            var all = documents.Select(SmallWorldCorpus.ToJsonLine).ToHashSet();
            language.HandWritten.ShouldAllBe(piece => all.Contains(SmallWorldCorpus.ToJsonLine(CorpusScript.Read(piece))));
        }
    }

    [Theory]
    [InlineData(0, 45, 3, "num_documents is 0")]
    [InlineData(1, 101, 3, "chinese_percent is 101")]
    [InlineData(1, 45, -1, "hand_written_percent is -1")]
    public void Values_outside_their_limits_are_refused(int documents, int chinese, int byHand, string expected)
    {
        var options = new SmallWorldCorpusOptions { NumDocuments = documents, ChinesePercent = chinese, HandWrittenPercent = byHand };

        Should.Throw<InvalidInputException>(() => SmallWorldCorpus.Generate(options)).Message.ShouldContain(expected);
    }
}
