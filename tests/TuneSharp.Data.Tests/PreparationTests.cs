using TuneSharp.Data.Preparation;
using TuneSharp.Data.PreTraining;
using TuneSharp.Data.Rendering;
using TuneSharp.Data.Splitting;
using TuneSharp.Formats;

namespace TuneSharp.Data.Tests;

public sealed class PreparationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ExampleRenderer _renderer = new(TinyTokenizer.Instance, template: null);

    public void Dispose() => _folder.Dispose();

    private static string Row(int i, int words = 1) => $$"""{"instruction": "What is {{i}}?", "output": "{{string.Join(' ', Enumerable.Repeat("grass", words))}}"}""";

    private string File(int rows, string more = "") => _folder.Write("rows.jsonl", string.Join('\n', Enumerable.Range(1, rows).Select(i => Row(i, i % 5 + 1))) + more);

    private PreparedDataset Prepare(DataSettings settings, int context = 256, int threads = 1) => DatasetPreparation.Prepare(settings, _renderer, context, seed: 42, threads);

    [Fact]
    public void Prepare_SplitsRendersAndCounts()
    {
        PreparedDataset data = Prepare(new DataSettings { Dataset = File(50), ValSize = 0.2, TestSize = 5 });
        (data.Train.Count, data.Validation.Count, data.Test.Count).ShouldBe((35, 10, 5));
        data.Validation.Select(e => e.Source!.Row).ShouldBeInOrder();
        (data.TrainTokens, data.TrainLabels).ShouldBe((data.Train.Sum(e => e.Length), data.Train.Sum(e => e.NumLabels)));
        data.Train.Select(e => e.Source!.Row).ShouldBeInOrder();
        data.Counts.ShouldBe(new PreparationCounts { Read = 50 });
        data.MaxLength.ShouldBe(data.Lengths.Longest);
        data.Notes.ShouldBeEmpty();
        Prepare(new DataSettings { Dataset = File(50), ValSize = 0.2, TestSize = 5 }, threads: 3).Validation.Select(e => e.Source).ShouldBe(data.Validation.Select(e => e.Source));
        Prepare(new DataSettings { Dataset = File(50), ValSize = 0.2, TestSize = 5, SplitSeed = 1 }).Validation.Select(e => e.Source).ShouldNotBe(data.Validation.Select(e => e.Source));
    }

    [Fact]
    public void Prepare_OwnValidationFile_SplitsNothingOff()
    {
        string validation = _folder.Write("held-out.json", $"[{Row(1000)}]");
        PreparedDataset data = Prepare(new DataSettings { Dataset = File(20), ValidationFile = validation });
        (data.Train.Count, data.Validation.Count).ShouldBe((20, 1));
        data.Validation.Single().Source!.File.ShouldBe(validation);
    }

    [Fact]
    public void Prepare_OverlongRows_AreRefusedCutOrDroppedButNeverSilently()
    {
        string path = File(20, "\n" + Row(99, 400));
        var settings = new DataSettings { Dataset = path, ValSize = 0 };
        Should.Throw<InvalidInputException>(() => Prepare(settings, context: 100)).Message.ShouldContain("1 of 21 rows are longer than the model's context of 100 tokens");
        Should.Throw<InvalidInputException>(() => Prepare(settings with { MaxLength = 300 }, context: 100)).Message.ShouldContain("context ends at 100");

        PreparedDataset cut = Prepare(settings with { OverlongRows = OverlongRows.Truncate }, context: 100);
        (cut.Train.Count, cut.Counts.Truncated, cut.Train[^1].Length, cut.MaxLength).ShouldBe((21, 1L, 100, 100));
        cut.Notes.Single().ShouldContain("1 rows were cut to 100 tokens");

        PreparedDataset dropped = Prepare(settings with { OverlongRows = OverlongRows.Drop }, context: 100);
        (dropped.Train.Count, dropped.Counts.DroppedOverlong).ShouldBe((20, 1L));
        dropped.Notes.Single().ShouldContain("left out");
    }

    [Fact]
    public void Prepare_NothingLeftToLearn_IsCountedNamedAndRefusedWhenNothingRemains()
    {
        string path = _folder.Write("rows.jsonl", Row(1) + "\n{\"instruction\": \"" + string.Join(' ', Enumerable.Repeat("grass", 300)) + "\", \"output\": \"x\"}");
        var settings = new DataSettings { Dataset = path, ValSize = 0, OverlongRows = OverlongRows.Truncate };
        PreparedDataset data = Prepare(settings, context: 100);
        data.Counts.NothingToLearn.ShouldBe(1);
        data.Notes[^1].ShouldContain("rows.jsonl, row 2, line 2");
        Should.Throw<InvalidInputException>(() => Prepare(settings with { MaxLength = 5 })).Message.ShouldContain("every token is masked");
    }

    [Fact]
    public void Prepare_BrokenRow_StopsOrIsSkippedByChoice()
    {
        string path = File(20, "\n{broken}\n" + Row(21));
        Should.Throw<InvalidInputException>(() => Prepare(new DataSettings { Dataset = path })).Message.ShouldContain("row 21, line 21, column 2");
        PreparedDataset data = Prepare(new DataSettings { Dataset = path, SkipBrokenRows = true, ValSize = 0 });
        (data.Train.Count, data.Counts.Broken, data.Counts.Read).ShouldBe((21, 1L, 21L));
        data.Notes.Single().ShouldContain("1 broken rows");
        Prepare(new DataSettings { Dataset = path, MaxSamples = 10, ValSize = 0 }).Train.Count.ShouldBe(10);
    }

    [Fact]
    public void Prepare_BrokenFile_IsNotSkippable()
    {
        string path = _folder.Write("rows.json", $"[{Row(1)}, {Row(2)}");
        Should.Throw<InvalidInputException>(() => Prepare(new DataSettings { Dataset = path, SkipBrokenRows = true })).Message.ShouldContain("ends in the middle");
    }

    [Fact]
    public void Pretraining_ManyDocuments_AreSplitWhole()
    {
        string path = _folder.Write("texts.jsonl", string.Join('\n', Enumerable.Range(0, 60).Select(i => $$"""{"text": "The cat {{i}} sat on the grass. Cats drink milk."}""")));
        PretrainingBlocks data = PretrainingData.Prepare(new DataSettings { Dataset = path, ValSize = 0.2, BlockSize = 16 }, TinyTokenizer.Instance, context: 64, seed: 1, threads: 2);
        (data.TrainReport.Documents, data.ValidationReport!.Documents).ShouldBe((48, 12));
        data.Train.ShouldAllBe(block => block.Length == 16);
        data.Notes.ShouldBeEmpty();
    }

    [Fact]
    public void Pretraining_OneText_KeepsItsLastBlocksAside()
    {
        string path = _folder.Write("book.txt", string.Concat(Enumerable.Repeat("The cat sat on the grass. ", 200)));
        PretrainingBlocks data = PretrainingData.Prepare(new DataSettings { Dataset = path }, TinyTokenizer.Instance, context: 32, seed: 1);
        data.Train.ShouldAllBe(block => block.Length == 32);
        data.Validation.Count.ShouldBe((int)Math.Round(0.1 * data.TrainReport.Blocks));
        (data.Train.Count + data.Validation.Count).ShouldBe((int)data.TrainReport.Blocks);
        data.Notes.Single().ShouldContain("kept aside");
        Should.Throw<InvalidInputException>(() => PretrainingData.Prepare(new DataSettings { Dataset = path, BlockSize = 64 }, TinyTokenizer.Instance, 32, 1)).Message.ShouldContain("context ends at 32");
        Should.Throw<InvalidInputException>(() => PretrainingData.Prepare(new DataSettings { Dataset = File(3) }, TinyTokenizer.Instance, 32, 1)).Message.ShouldContain("this row is a conversation");
    }
}
