namespace TuneSharp.Data.Tests;

/// <summary>Memory of the whole process is measured: nothing else may run beside it.</summary>
[CollectionDefinition(nameof(StreamingTests), DisableParallelization = true)]
public sealed class RunsAlone;

[Collection(nameof(StreamingTests))]
public sealed class StreamingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Row by row: 24 MB of rows are read within a few MB that a collection cannot free, as lines and as a list.</summary>
    [Theory]
    [InlineData("large.jsonl", "", "\n", "")]
    [InlineData("large.json", "[", ",\n", "]")]
    public void Read_LargeFile_MemoryDoesNotGrow(string name, string before, string between, string after)
    {
        string path = System.IO.Path.Combine(_folder.Path, name);
        using (var writer = new StreamWriter(path))
        {
            string answer = new('x', 4000);
            writer.Write(before);
            for (int i = 0; i < 6000; i++) writer.Write((i == 0 ? "" : between) + $$"""{"instruction": "Question {{i}}?", "output": "{{answer}}"}""");
            writer.Write(after);
        }
        long rows = 0, most = 0, start = GC.GetTotalMemory(forceFullCollection: true);
        foreach (DatasetRow _ in DatasetReader.Open(path).Read())
            if (++rows % 2000 == 0) most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - start);
        rows.ShouldBe(6000);
        most.ShouldBeLessThan(4 << 20);
    }

    /// <summary>A line without an end costs a bounded amount of memory and a clear sentence.</summary>
    [Theory]
    [InlineData("endless.jsonl")]
    [InlineData("endless.json")]
    public void Read_EndlessRow_IsRefusedAtTheLimit(string name)
    {
        string path = System.IO.Path.Combine(_folder.Path, name);
        using (FileStream file = File.Create(path))
        {
            file.Write("[{\"instruction\": \""u8[(name.EndsWith("jsonl", StringComparison.Ordinal) ? 1 : 0)..]);
            byte[] filling = new byte[1 << 20];
            Array.Fill(filling, (byte)'x');
            for (int i = 0; i < 66; i++) file.Write(filling);
        }
        Should.Throw<Formats.InvalidInputException>(() => DatasetReader.Open(path).Read().Count()).Message.ShouldContain("longer than 64 MiB");
    }
}
