using TuneSharp.Data.Splitting;
using TuneSharp.Formats;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Data.Tests;

public class SplittingTests
{
    private static ConversationRow Row(int number, string question, string answer) =>
        new(new RowSource("rows.jsonl", number, number), [new Turn(new ChatMessage("user", question)), new Turn(new ChatMessage("assistant", answer))]);

    private static List<DatasetRow> Rows(int count, Func<int, string> question) => [.. Enumerable.Range(1, count).Select(i => Row(i, question(i), $"answer {i}"))];

    [Fact]
    public void Split_Shares_AreExactSeededAndDisjoint()
    {
        List<DatasetRow> rows = Rows(200, i => $"question {i}");
        DatasetSplit split = DatasetSplitter.Split(rows, 0.1, 0.05, seed: 42);
        (split.Train.Count, split.Validation.Count, split.Test.Count).ShouldBe((170, 20, 10));
        split.Train.Concat(split.Validation).Concat(split.Test).Select(r => r.Source.Row).Order().ShouldBe(rows.Select(r => r.Source.Row));
        split.Validation.ShouldBe(DatasetSplitter.Split(rows, 0.1, 0.05, seed: 42).Validation);
        split.Validation.ShouldNotBe(DatasetSplitter.Split(rows, 0.1, 0.05, seed: 43).Validation);
        split.Notes.ShouldBeEmpty();
    }

    [Fact]
    public void Split_SameQuestion_StaysOnOneSide()
    {
        List<DatasetRow> rows = Rows(300, i => i % 3 == 0 ? $"What IS\n {i / 6}?" : $"what is {i / 6}? ");
        DatasetSplit split = DatasetSplitter.Split(rows, 0.2, 0, seed: 1);
        split.Validation.Count.ShouldBeInRange(50, 60);
        split.Validation.Select(RowFingerprint.Question).ToHashSet().Overlaps(split.Train.Select(RowFingerprint.Question)).ShouldBeFalse();
    }

    [Fact]
    public void Split_OneQuestionOnly_FallsBackToRowsAndSaysSo()
    {
        DatasetSplit split = DatasetSplitter.Split(Rows(50, _ => "Write a poem."), 0.1, 0, seed: 1);
        split.Validation.Count.ShouldBe(5);
        split.Notes.Single().ShouldContain("ask the same");
    }

    [Fact]
    public void Split_ByRow_KeepsEqualRowsTogetherOnly()
    {
        List<DatasetRow> rows = [.. Enumerable.Range(1, 100).Select(i => Row(i, "Write a poem.", $"poem {i / 2}"))];
        DatasetSplit split = DatasetSplitter.Split(rows, 0.3, 0, seed: 3, SplitGroup.Row);
        split.Validation.Count.ShouldBe(30);
        split.Validation.Select(RowFingerprint.Normalised).ToHashSet().Overlaps(split.Train.Select(RowFingerprint.Normalised)).ShouldBeFalse();
    }

    [Fact]
    public void Split_TooFewRows_TrainsOnAllAndSaysSo_ButRefusesImpossibleCounts()
    {
        DatasetSplit split = DatasetSplitter.Split(Rows(1, _ => "q"), 0.1, 0, seed: 0);
        split.Train.Count.ShouldBe(1);
        split.Notes.Single().ShouldContain("kept aside");
        Should.Throw<InvalidInputException>(() => DatasetSplitter.Split(Rows(10, i => $"{i}"), 8, 2, seed: 0)).Message.ShouldContain("leave nothing of 10 rows");
        DatasetSplitter.Split(Rows(10, i => $"{i}"), 7, 2, seed: 0).Train.Count.ShouldBe(1);
    }

    [Fact]
    public void Fingerprints_SeparateWhatDiffers()
    {
        RowFingerprint.Exact(Row(1, "a", "b")).ShouldBe(RowFingerprint.Exact(Row(2, "a", "b")));
        RowFingerprint.Exact(Row(1, "a", "b")).ShouldNotBe(RowFingerprint.Exact(Row(1, "a ", "b")));
        RowFingerprint.Exact(Row(1, "ab", "c")).ShouldNotBe(RowFingerprint.Exact(Row(1, "a", "bc")));
        RowFingerprint.Normalised(Row(1, " A\tb", "c")).ShouldBe(RowFingerprint.Normalised(Row(1, "a B ", "C")));
        RowFingerprint.Question(Row(1, "a", "b")).ShouldBe(RowFingerprint.Question(Row(1, "A", "c")));
    }
}
