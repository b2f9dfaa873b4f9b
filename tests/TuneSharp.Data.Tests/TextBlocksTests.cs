using TuneSharp.Data.Batching;
using TuneSharp.Data.PreTraining;
using TuneSharp.Formats;

namespace TuneSharp.Data.Tests;

public class TextBlocksTests
{
    private const int End = 9;

    [Fact]
    public void Cut_Documents_AreJoinedWithEndTokensAndCut()
    {
        (IReadOnlyList<TrainingExample> blocks, TextBlocksReport report) = TextBlocks.Cut([[1, 2, 3], [], [4], [5, 6, 7, 8, End], [1]], End, blockSize: 4);
        blocks.Select(b => b.InputIds).ShouldBe([[1, 2, 3, End], [4, End, 5, 6], [7, 8, End, 1]]);
        blocks.ShouldAllBe(b => b.Labels.SequenceEqual(b.InputIds) && b.NumLabels == 3);
        report.ShouldBe(new TextBlocksReport(Documents: 4, EmptyDocuments: 1, Tokens: 13, Blocks: 3, CutDocuments: 2, JoinedBlocks: 2, LostTokens: 1));
        report.ToString().ShouldContain("1 tokens at the end are left out");
    }

    [Fact]
    public void Cut_Keep_LosesNothing()
    {
        (IReadOnlyList<TrainingExample> blocks, TextBlocksReport report) = TextBlocks.Cut([[1, 2, 3, 4, 5, 6]], null, 4, lastBlock: LastBlock.Keep);
        blocks.Select(b => b.InputIds).ShouldBe([[1, 2, 3, 4], [5, 6]]);
        report.LostTokens.ShouldBe(0);
    }

    [Fact]
    public void Cut_Overlap_RepeatsTheEndOfTheBlockBefore()
    {
        (IReadOnlyList<TrainingExample> blocks, TextBlocksReport report) = TextBlocks.Cut([[1, 2, 3, 4, 5, 6, 7]], null, 4, overlap: 2);
        blocks.Select(b => b.InputIds).ShouldBe([[1, 2, 3, 4], [3, 4, 5, 6]]);
        report.LostTokens.ShouldBe(1);
    }

    [Theory]
    [InlineData(1, 1, 4)]
    [InlineData(7, 3, 2)]
    [InlineData(50, 20, 16)]
    [InlineData(123, 9, 5)]
    public void Cut_AnyDocuments_ConcatenationIsKept(int documents, int longest, int blockSize)
    {
        int[][] all = [.. Enumerable.Range(0, documents).Select(d => Enumerable.Range(d, 1 + d * 7 % longest).ToArray())];
        int[] whole = [.. all.SelectMany(d => d[^1] == -1 ? d : [.. d, -1])];
        if (whole.Length < blockSize)
        {
            Should.Throw<InvalidInputException>(() => TextBlocks.Cut(all, -1, blockSize)).Message.ShouldContain("do not fill one block");
            return;
        }
        (IReadOnlyList<TrainingExample> blocks, TextBlocksReport report) = TextBlocks.Cut(all, -1, blockSize);
        blocks.SelectMany(b => b.InputIds).ShouldBe(whole[..(blocks.Count * blockSize)]);
        (report.Tokens, report.LostTokens).ShouldBe((whole.Length, whole.Length - blocks.Count * blockSize));
    }

    [Fact]
    public void Cut_ImpossibleSizes_AreRefused()
    {
        Should.Throw<InvalidInputException>(() => TextBlocks.Cut([[1, 2]], null, 1)).Message.ShouldContain("block_size");
        Should.Throw<InvalidInputException>(() => TextBlocks.Cut([[1, 2]], null, 2, overlap: 2)).Message.ShouldContain("overlap");
    }

    [Fact]
    public void PaddedBatch_FillsTheAskedSide()
    {
        TrainingExample[] rows = [new([1, 2, 3], [-100, 2, 3]), new([4], [4])];
        PaddedBatch right = PaddedBatch.From(rows, 0, multipleOf: 2);
        right.InputIds.ShouldBe([[1, 2, 3, 0], [4, 0, 0, 0]]);
        right.Labels.ShouldBe([[-100, 2, 3, -100], [4, -100, -100, -100]]);
        right.AttentionMask.ShouldBe([[1, 1, 1, 0], [1, 0, 0, 0]]);
        PaddedBatch.From(rows, 0, PaddingSide.Left).InputIds[1].ShouldBe([0, 0, 4]);
        Should.Throw<InvalidInputException>(() => PaddedBatch.From([], 0));
        Should.Throw<InvalidInputException>(() => PaddedBatch.From(rows, 0, multipleOf: 0));
    }
}
