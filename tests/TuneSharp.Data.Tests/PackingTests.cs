using TuneSharp.Data.Packing;
using TuneSharp.Data.Preparation;
using TuneSharp.Data.Rendering;
using TuneSharp.Formats;

namespace TuneSharp.Data.Tests;

public sealed class PackingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // TRL 1.16, pack_dataset on documents of 8, 9, 1, 5, 2 and 6 tokens with 8 tokens a row; numbers are documents:start+length.
    [Theory]
    [InlineData(PackingStrategy.Bfd, "0:0+8 | 1:0+8 | 5:0+6 4:0+2 | 3:0+5 2:0+1")]
    [InlineData(PackingStrategy.BfdSplit, "0:0+8 | 1:0+8 | 5:0+6 4:0+2 | 3:0+5 1:8+1 2:0+1")]
    [InlineData(PackingStrategy.Wrapped, "0:0+8 | 1:0+8 | 1:8+1 2:0+1 3:0+5 4:0+1 | 4:1+1 5:0+6")]
    [InlineData(PackingStrategy.Knapsack, "0:0+8 | 5:0+6 4:0+2 | 3:0+5 2:0+1")]
    public void Layout_IsThatOfTheOriginals(PackingStrategy strategy, string expected)
    {
        var layout = PackedLayout.Of([8, 9, 1, 5, 2, 6], 8, strategy);
        string.Join(" | ", Enumerable.Range(0, layout.Count).Select(row => string.Join(' ', layout[row].ToArray().Select(p => $"{p.Document}:{p.Start}+{p.Length}")))).ShouldBe(expected);
    }

    // LLaMA-Factory's greedy_knapsack, capacity 30.
    [Fact]
    public void Knapsack_TakesTheLongestThatFits()
    {
        var layout = PackedLayout.Of([13, 9, 24, 15, 3, 3, 5, 10, 8, 26, 13, 2, 4, 18, 24], 30, PackingStrategy.Knapsack);
        Enumerable.Range(0, layout.Count).Select(row => layout[row].ToArray().Sum(p => p.Length)).ShouldBe([30, 29, 30, 30, 28, 30]);
        layout[0].ToArray().Select(p => p.Document).ShouldBe([9, 12]);
        layout[1].ToArray().Select(p => p.Document).ShouldBe([14, 6]);    // of two documents with 24 tokens the last
    }

    [Theory]
    [InlineData(PackingStrategy.Bfd)]
    [InlineData(PackingStrategy.BfdSplit)]
    [InlineData(PackingStrategy.Wrapped)]
    [InlineData(PackingStrategy.Knapsack)]
    public void EveryToken_LiesInOneRow_AndNoRowIsTooLong(PackingStrategy strategy)
    {
        var random = new Random(5);
        const int capacity = 64;
        bool cuts = strategy is PackingStrategy.BfdSplit or PackingStrategy.Wrapped;
        TrainingExample[] documents = [.. Enumerable.Range(0, 2500).Select(_ => new TrainingExample([.. Enumerable.Range(0, random.Next(cuts ? 200 : capacity + 1)).Select(_ => random.Next(1000))], []))];
        documents = [.. documents.Select((d, i) => new TrainingExample([.. d.InputIds.Select((_, t) => i * 1000 + t)], [.. d.InputIds]))];
        var packed = new PackedExamples(documents, PackedLayout.Of([.. documents.Select(d => d.Length)], capacity, strategy));
        packed.Max(row => row.Length).ShouldBeLessThanOrEqualTo(capacity);
        packed.SelectMany(row => row.InputIds).Order().ShouldBe(documents.SelectMany(d => d.InputIds).Order());
        foreach (TrainingExample row in packed)
            foreach ((int[] ids, int[] labels) in row.Segments())
            {
                ids.Select(id => id / 1000).Distinct().Count().ShouldBe(1);    // a segment is one document
                ids.Skip(1).Zip(ids).ShouldAllBe(pair => pair.First == pair.Second + 1);
                labels.Length.ShouldBe(ids.Length);
            }
        if (cuts || strategy == PackingStrategy.Knapsack) return;
        packed.Sum(row => (double)row.Length).ShouldBeGreaterThan(0.95 * packed.Count * capacity);
    }

    [Fact]
    public void PackedRow_CountsNoLabelAtTheStartOfADocument()
    {
        var row = new TrainingExample([1, 2, 3, 4, 5], [1, 2, 3, -100, 5]) { SegmentLengths = [2, 3] };
        row.NumLabels.ShouldBe(2);    // 2 of the first document, 5 of the second
        new TrainingExample([1, 2, 3, 4, 5], [1, 2, 3, -100, 5]).NumLabels.ShouldBe(3);
        row.Segments().Select(s => string.Join(',', s.InputIds)).ShouldBe(["1,2", "3,4,5"]);
        Should.Throw<ArgumentException>(() => new TrainingExample([1, 2], [1, 2]) { SegmentLengths = [1] });
        Should.Throw<InvalidOperationException>(() => row.First(2));
    }

    [Fact]
    public void Prepare_Packs_SaysSo_AndLosesNothing()
    {
        string path = _folder.Write("rows.jsonl", string.Join('\n', Enumerable.Range(1, 60).Select(i => $$"""{"instruction": "What is {{i}}?", "output": "{{string.Join(' ', Enumerable.Repeat("grass", i % 7 + 1))}}"}""")));
        var renderer = new ExampleRenderer(TinyTokenizer.Instance, template: null);
        var settings = new DataSettings { Dataset = path, ValSize = 0 };
        PreparedDataset plain = DatasetPreparation.Prepare(settings, renderer, 256, seed: 1);
        PreparedDataset packed = DatasetPreparation.Prepare(settings with { Packing = PackingStrategy.Bfd, MaxLength = 200 }, renderer, 256, seed: 1);
        packed.Train.Count.ShouldBeLessThan(plain.Train.Count);
        packed.Train.SelectMany(row => row.Segments()).Select(s => string.Join(',', s.InputIds)).Order().ShouldBe(plain.Train.Select(e => string.Join(',', e.InputIds)).Order());
        packed.Train.Sum(row => row.NumLabels).ShouldBe(plain.Train.Sum(row => row.NumLabels));
        packed.Notes.Single().ShouldContain($"60 rows are packed into {packed.Train.Count}");

        // Whole documents that are too long are refused; strategies that cut take them.
        int longest = plain.Lengths.Longest;
        Should.Throw<InvalidInputException>(() => DatasetPreparation.Prepare(settings with { Packing = PackingStrategy.Bfd, MaxLength = longest - 1 }, renderer, 256, seed: 1));
        PreparedDataset cut = DatasetPreparation.Prepare(settings with { Packing = PackingStrategy.BfdSplit, MaxLength = longest - 1 }, renderer, 256, seed: 1);
        cut.Train.Sum(row => row.Length).ShouldBe(plain.Train.Sum(row => row.Length));
    }
}
