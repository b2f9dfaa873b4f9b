namespace TuneSharp.Fuzz;

/// <summary>A reader of files from outside, with small sound files to damage.</summary>
internal interface IFuzzedReader
{
    /// <summary>Name on the command line.</summary>
    string Name { get; }

    /// <summary>What the input is called; some readers go by it.</summary>
    string FileName { get; }

    /// <summary>Sound inputs.</summary>
    IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>Pieces that mean something in this format, to be put anywhere.</summary>
    IReadOnlyList<string> Words { get; }

    /// <summary>Reads all of a file that can be damaged in any way.</summary>
    /// <exception cref="Formats.InvalidInputException">The only way to refuse it.</exception>
    void Read(string path);
}

internal static class ReaderCatalog
{
    public static IReadOnlyList<IFuzzedReader> All { get; } =
    [
        .. typeof(ReaderCatalog).Assembly.GetTypes().Where(type => type.IsClass && type.Namespace == "TuneSharp.Fuzz.Readers" && typeof(IFuzzedReader).IsAssignableFrom(type))
            .Select(type => (IFuzzedReader)Activator.CreateInstance(type)!).OrderBy(reader => reader.Name, StringComparer.Ordinal),
    ];
}
