using System.Diagnostics;
using TuneSharp.Data.Checking;
using TuneSharp.Data.Packing;
using TuneSharp.Data.Preparation;
using TuneSharp.Data.Rendering;
using TuneSharp.Data.Splitting;
using TuneSharp.Data.Storage;

namespace TuneSharp.Data.Tests;

public sealed class PreparationCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ExampleRenderer _renderer = new(TinyTokenizer.Instance, template: null);

    public void Dispose() => _folder.Dispose();

    private string CacheFolder => Path.Combine(_folder.Path, "cache");

    private PreparationCache Cache => new(CacheFolder, "tokenizer-1");

    private string Rows(int count, string name = "rows.jsonl") =>
        _folder.Write(name, string.Join('\n', Enumerable.Range(1, count).Select(i => $$"""{"instruction": "What is {{i}}?", "output": "{{string.Join(' ', Enumerable.Repeat("grass", i % 7 + 1))}}"}""")));

    private PreparedDataset Prepare(DataSettings settings, PreparationCache? cache = null, long seed = 42) => DatasetPreparation.Prepare(settings, _renderer, 256, seed, threads: 2, cache ?? Cache);

    private static string Text(IEnumerable<TrainingExample> rows) => string.Join('\n', rows.Select(r => $"{r.Source}: {string.Join(',', r.InputIds)} / {string.Join(',', r.Labels)}"));

    [Fact]
    public void SecondTime_IsTheSame_AndIsNotMadeAgain()
    {
        var settings = new DataSettings { Dataset = Rows(80), ValSize = 0.2 };
        PreparedDataset first = Prepare(settings), second = Prepare(settings);
        (first.FromCache, second.FromCache).ShouldBe((false, true));
        Text(second.Train).ShouldBe(Text(first.Train));
        Text(second.Validation).ShouldBe(Text(first.Validation));
        (second.MaxLength, second.TrainTokens, second.TrainLabels, second.Counts).ShouldBe((first.MaxLength, first.TrainTokens, first.TrainLabels, first.Counts));
        second.Lengths.Counts.ShouldBe(first.Lengths.Counts);
        second.Notes.ShouldBe(first.Notes);
        Text(DatasetPreparation.Prepare(settings, _renderer, 256, 42).Train).ShouldBe(Text(first.Train));    // without a cache too
    }

    [Fact]
    public void WhateverItDependsOn_MakesItAnew()
    {
        string path = Rows(60);
        var settings = new DataSettings { Dataset = path };
        Prepare(settings).FromCache.ShouldBeFalse();
        Prepare(settings with { ValSize = 0.3 }).FromCache.ShouldBeFalse();
        Prepare(settings with { TrainOnPrompt = true }).FromCache.ShouldBeFalse();
        Prepare(settings with { MaxLength = 200 }).FromCache.ShouldBeFalse();
        Prepare(settings, seed: 43).FromCache.ShouldBeFalse();
        Prepare(settings, new PreparationCache(CacheFolder, "tokenizer-2")).FromCache.ShouldBeFalse();
        Prepare(settings).FromCache.ShouldBeTrue();
        File.AppendAllText(path, "\n{\"instruction\": \"More?\", \"output\": \"grass\"}");
        PreparedDataset changed = Prepare(settings);
        (changed.FromCache, changed.Counts.Read).ShouldBe((false, 61L));
    }

    [Theory]
    [InlineData("tokens.bin")]
    [InlineData("train.rows")]
    [InlineData("dataset.json")]
    [InlineData("manifest.json")]
    public void DamagedCache_IsSeen_AndMadeAnew(string file)
    {
        var settings = new DataSettings { Dataset = Rows(40), ValSize = 0 };
        string before = Text(Prepare(settings).Train);
        string path = Path.Combine(Directory.GetDirectories(CacheFolder).Single(), file);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 0x10;
        File.WriteAllBytes(path, bytes);
        PreparedDataset again = Prepare(settings);
        again.FromCache.ShouldBeFalse();
        again.Notes.ShouldContain(note => note.Contains("made anew"));
        Text(again.Train).ShouldBe(before);
        Prepare(settings).FromCache.ShouldBeTrue();

        File.Delete(path);
        Prepare(settings).FromCache.ShouldBeFalse();
    }

    [Fact]
    public void FailedPreparation_LeavesNothing()
    {
        string path = _folder.Write("broken.jsonl", "{\"instruction\": \"a\", \"output\": \"b\"}\n{broken}");
        Should.Throw<Formats.InvalidInputException>(() => Prepare(new DataSettings { Dataset = path }));
        Directory.GetFileSystemEntries(CacheFolder).ShouldBeEmpty();
    }

    [Fact]
    public void LeastUsed_GoesWhenTheCacheIsFull()
    {
        string[] paths = [Rows(30, "a.jsonl"), Rows(31, "b.jsonl"), Rows(32, "c.jsonl")];
        var cache = new PreparationCache(CacheFolder, "t") { MaxBytes = 1 };
        foreach (string path in paths) Prepare(new DataSettings { Dataset = path }, cache);
        Directory.GetDirectories(CacheFolder).Length.ShouldBe(1);
        Prepare(new DataSettings { Dataset = paths[2] }, cache).FromCache.ShouldBeTrue();

        // What a killed process left behind goes after a day.
        string left = Directory.CreateDirectory(Path.Combine(CacheFolder, ".abc.tmp-1")).FullName;
        Prepare(new DataSettings { Dataset = paths[0] }, Cache);
        Directory.Exists(left).ShouldBeTrue();
        Directory.SetLastWriteTimeUtc(left, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-2));
        Prepare(new DataSettings { Dataset = paths[1] }, Cache);
        Directory.Exists(left).ShouldBeFalse();
    }

    [Fact]
    public void Cut_And_Packed_AreTheSameFromTheCache()
    {
        var settings = new DataSettings { Dataset = Rows(60), ValSize = 0.1, MaxLength = 60, OverlongRows = OverlongRows.TruncateStart, Packing = PackingStrategy.Bfd };
        PreparedDataset first = Prepare(settings), second = Prepare(settings);
        second.FromCache.ShouldBeTrue();
        Text(second.Train).ShouldBe(Text(first.Train));
        ((IRowLengths)first.Train).Lengths.ShouldBe(first.Train.Select(r => r.Length));
        first.Counts.Truncated.ShouldBe(second.Counts.Truncated);
    }

    [Fact]
    public void Labels_OfEveryKind_ComeBack()
    {
        string path = Path.Combine(_folder.Path, "tokens.bin");
        TrainingExample[] rows = [new([1, 2, 3], [-100, 2, -100]), new([70000, 5], [70000, 5]), new([.. Enumerable.Range(0, 100)], [.. Enumerable.Range(0, 100).Select(i => i % 3 == 0 ? -100 : i + 1)]), new([7], [-100])];
        RowRecord[] records;
        using (var writer = new TokenFileWriter(path, idBytes: 4)) records = [.. rows.Select((r, i) => writer.Write(r, new RowSource("f", i, 0), 0))];
        records.Select(r => r.Labels).ShouldBe([LabelLayout.Mask, LabelLayout.All, LabelLayout.Numbers, LabelLayout.Mask]);
        var file = new TokenFile(path, 4);
        for (int i = 0; i < rows.Length; i++)
        {
            TrainingExample read = file.Read(records[i], null);
            (string.Join(',', read.InputIds), string.Join(',', read.Labels), read.NumLabels).ShouldBe((string.Join(',', rows[i].InputIds), string.Join(',', rows[i].Labels), rows[i].NumLabels));
        }
        file.Read(records[2] with { Start = 90, Length = 10 }, null).Labels.ShouldBe(rows[2].Labels[90..]);
        Should.Throw<Formats.InvalidInputException>(() => file.Read(records[2] with { Length = 101 }, null));
        Should.Throw<Formats.InvalidInputException>(() => file.Read(records[3] with { Offset = 1 << 20 }, null));
    }

    [Fact]
    public void FingerprintTable_KeepsTheFirst()
    {
        using var table = new FingerprintTable();
        var random = new Random(1);
        UInt128[] keys = [.. Enumerable.Range(0, 5000).Select(_ => new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64()))];
        for (int i = 0; i < keys.Length; i++) table.GetOrAdd(keys[i], i).ShouldBe(i);
        for (int i = 0; i < keys.Length; i++) table.GetOrAdd(keys[i], 9).ShouldBe(i);
        table.Count.ShouldBe(keys.Length);
    }

    [Fact]
    public void Progress_IsTold()
    {
        var seen = new List<PreparationProgress>();
        string path = Rows(3_000);
        DatasetPreparation.Prepare(new DataSettings { Dataset = path }, _renderer, 256, 1, progress: seen.Add);
        foreach (PreparationProgress progress in seen)
        {
            progress.Bytes.ShouldBeInRange(1, progress.TotalBytes);
            progress.TotalBytes.ShouldBe(new FileInfo(path).Length);
            progress.Remaining.ShouldNotBeNull();
        }
        seen.Select(p => p.Rows).ShouldBeInOrder();
    }

    [Fact]
    public void Memory_DoesNotGrowWithTheFile()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Anonymous memory is read from /proc.");
        long small = Growth(4_000), large = Growth(24_000);    // 2 MB and 12 MB
        (large - small).ShouldBeLessThan(10L << 20, $"{small >> 10} KiB for the small file, {large >> 10} KiB for the large one");
    }

    /// <summary>The measurement that the documentation quotes: a file of 1 GB, made here and deleted.</summary>
    [Fact(Explicit = true)]
    public void OneGigabyte_IsPreparedInBoundedMemory()
    {
        string path = Path.Combine(_folder.Path, "big.jsonl");
        using (var writer = new StreamWriter(path))
        {
            var random = new Random(3);
            for (long i = 0, bytes = 0; bytes < 1L << 30; i++)
            {
                string row = Row(random, i, random.Next(20, 160));
                bytes += row.Length + 1;
                writer.Write(row);
                writer.Write('\n');
            }
        }

        long before = Anonymous();
        using var peak = new AnonymousPeak();
        long began = Stopwatch.GetTimestamp();
        DatasetCheck check = DatasetCheck.Run(path);
        TimeSpan checking = Stopwatch.GetElapsedTime(began);
        check.IsClean.ShouldBeTrue(string.Join('\n', check.Problems.Kept.Take(3)));
        var renderer = new ExampleRenderer(Tokenizers.Tokenizer.Load(Corpus.Repository.PathOf("models", "tunesharp-mini")), template: null);
        var settings = new DataSettings { Dataset = path, ValSize = 0.01 };
        began = Stopwatch.GetTimestamp();
        PreparedDataset first = DatasetPreparation.Prepare(settings, renderer, 4096, 1, Environment.ProcessorCount, Cache);
        TimeSpan preparing = Stopwatch.GetElapsedTime(began);
        began = Stopwatch.GetTimestamp();
        PreparedDataset second = DatasetPreparation.Prepare(settings, renderer, 4096, 1, Environment.ProcessorCount, Cache);
        TimeSpan again = Stopwatch.GetElapsedTime(began);
        second.FromCache.ShouldBeTrue();
        TestContext.Current.TestOutputHelper!.WriteLine($"rows {first.Train.Count + first.Validation.Count}, tokens {first.TrainTokens}, check {checking.TotalSeconds:0.0} s, prepare {preparing.TotalSeconds:0.0} s = {1024 / preparing.TotalSeconds:0.0} MB/s, again {again.TotalSeconds:0.00} s, anonymous before {before >> 20} MiB, peak {peak.Bytes >> 20} MiB");
        (peak.Bytes - before).ShouldBeLessThan(512L << 20);
        again.ShouldBeLessThan(preparing / 10);
    }

    private static string Row(Random random, long number, int words) =>
        $$"""{"instruction": "What is {{number}} of {{random.Next(1000)}}?", "output": "{{string.Join(' ', Enumerable.Range(0, words).Select(_ => random.Next(3) switch { 0 => "grass", 1 => "milk", _ => "cows" }))}}"}""";

    private long Growth(int rows)
    {
        var random = new Random(3);
        string path = Path.Combine(_folder.Path, $"{rows}.jsonl");
        File.WriteAllLines(path, Enumerable.Range(0, rows).Select(i => Row(random, i, 80)));
        GC.Collect();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        PreparedDataset data = DatasetPreparation.Prepare(new DataSettings { Dataset = path, ValSize = 0.1 }, _renderer, 4096, 1, threads: 1);
        long after = GC.GetTotalMemory(forceFullCollection: true);
        data.Train.Count.ShouldBeGreaterThan(rows / 2);
        GC.KeepAlive(data);
        return after - before;
    }

    private static long Anonymous() => File.ReadLines("/proc/self/status").Where(line => line.StartsWith("RssAnon:", StringComparison.Ordinal)).Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) << 10).First();

    private sealed class AnonymousPeak : IDisposable
    {
        private readonly Timer _timer;
        private long _bytes;

        public AnonymousPeak() => _timer = new Timer(_ => _bytes = Math.Max(_bytes, Anonymous()), null, 0, 50);

        public long Bytes => _bytes;

        public void Dispose() => _timer.Dispose();
    }
}
