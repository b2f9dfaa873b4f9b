namespace TuneSharp.Fuzz;

/// <summary>A few thousand damaged files for every reader; the command runs as many as one likes.</summary>
public sealed class FuzzTests
{
    private const int Inputs = 2000;

    public static TheoryData<string> Readers() => [.. ReaderCatalog.All.Select(reader => reader.Name)];

    [Theory]
    [MemberData(nameof(Readers))]
    public void Damaged_files_are_read_or_refused_and_nothing_else(string name)
    {
        IFuzzedReader reader = ReaderCatalog.All.Single(candidate => candidate.Name == name);
        using var loop = new FuzzLoop(reader, seed: 1);
        FuzzFailure? failure = loop.Run(0, Inputs);
        failure.ShouldBeNull(failure is null ? null : $"{failure.What}\nAgain: fuzz {name} --seed 1 --from {failure.Number} --inputs 1");
        // Both ways are really taken: damage that is always refused at the first byte would test nothing.
        loop.Accepted.ShouldBeGreaterThan(Inputs / 100);
        loop.Refused.ShouldBeGreaterThan(Inputs / 100);
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Sound_files_are_read(string name)
    {
        IFuzzedReader reader = ReaderCatalog.All.Single(candidate => candidate.Name == name);
        string folder = Directory.CreateTempSubdirectory("tunesharp-fuzz-").FullName;
        try
        {
            foreach (byte[] seed in reader.Seeds)
            {
                string path = Path.Combine(folder, reader.FileName);
                File.WriteAllBytes(path, seed);
                Should.NotThrow(() => reader.Read(path));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_failure_is_found_and_can_be_made_again()
    {
        using var loop = new FuzzLoop(new Broken(), seed: 5);
        FuzzFailure failure = loop.Run(0, 5000).ShouldNotBeNull();
        failure.What.ShouldContain("DivideByZeroException");
        loop.Input(failure.Number).ShouldBe(failure.Input);
        using var again = new FuzzLoop(new Broken(), seed: 5);
        again.Run(failure.Number, 1).ShouldNotBeNull().Number.ShouldBe(failure.Number);
    }

    /// <summary>Fails on one kind of input.</summary>
    private sealed class Broken : IFuzzedReader
    {
        public string Name => "broken";

        public string FileName => "broken.bin";

        public IReadOnlyList<byte[]> Seeds { get; } = [[1, 2, 3, 4]];

        public IReadOnlyList<string> Words { get; } = ["x"];

        public void Read(string path)
        {
            if (File.ReadAllBytes(path) is [1, 2, 255, ..]) throw new DivideByZeroException();
        }
    }
}
