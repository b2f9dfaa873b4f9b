using System.Reflection;
using System.Text.Json;

namespace TuneSharp.Golden.Harness;

/// <summary>The folder of golden data in use, and the topics that lie in it.</summary>
public static class GoldenFixtures
{
    /// <summary>The checkout that this program was built from.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary><c>TUNESHARP_FIXTURES</c>, or the project's own <c>tests/fixtures</c>.</summary>
    public static string Root { get; } = Path.GetFullPath(
        Environment.GetEnvironmentVariable("TUNESHARP_FIXTURES") is { Length: > 0 } named ? named : Path.Combine(Repository, "tests", "fixtures"));

    /// <summary>
    /// Every topic that lies below <paramref name="root"/>: the ones that this program knows, and for all other folders
    /// one whose cases are found and never agree, so that nothing that was recorded can be forgotten.
    /// </summary>
    public static IReadOnlyList<IGoldenTopic> TopicsIn(string root)
    {
        var known = Assembly.GetExecutingAssembly().GetTypes()
            .Where(t => t is { IsClass: true, IsAbstract: false } && typeof(IGoldenTopic).IsAssignableFrom(t) && t.GetConstructor(Type.EmptyTypes) is not null)
            .Select(t => (IGoldenTopic)Activator.CreateInstance(t)!)
            .ToDictionary(t => t.Topic, StringComparer.Ordinal);
        var topics = new List<IGoldenTopic>();
        foreach (string name in FoldersWithCases(root).Union(known.Keys).Order(StringComparer.Ordinal))
        {
            if (!Directory.Exists(Path.Combine(root, name))) continue;
            topics.Add(known.TryGetValue(name, out IGoldenTopic? topic) ? topic : new UnknownTopic(name));
        }
        return topics;
    }

    /// <summary>A file, or the same file with <c>.gz</c> behind its name, as text.</summary>
    public static string ReadText(string path)
    {
        if (File.Exists(path) && !path.EndsWith(".gz", StringComparison.Ordinal)) return File.ReadAllText(path);
        string packed = path.EndsWith(".gz", StringComparison.Ordinal) ? path : path + ".gz";
        using var stream = new System.IO.Compression.GZipStream(File.OpenRead(packed), System.IO.Compression.CompressionMode.Decompress);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>The same as bytes.</summary>
    public static byte[] ReadBytes(string path)
    {
        if (File.Exists(path) && !path.EndsWith(".gz", StringComparison.Ordinal)) return File.ReadAllBytes(path);
        using var stream = new System.IO.Compression.GZipStream(File.OpenRead(path.EndsWith(".gz", StringComparison.Ordinal) ? path : path + ".gz"), System.IO.Compression.CompressionMode.Decompress);
        var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>The opposite of <see cref="ReadText"/>: packs when the name ends in <c>.gz</c>.</summary>
    public static void WriteText(string path, string text)
    {
        if (!path.EndsWith(".gz", StringComparison.Ordinal))
        {
            File.WriteAllText(path, text);
            return;
        }
        using var stream = new System.IO.Compression.GZipStream(File.Create(path), System.IO.Compression.CompressionLevel.Fastest);
        using var writer = new StreamWriter(stream);
        writer.Write(text);
    }

    /// <summary>JSON of a file that may be packed; <c>NaN</c> and infinities are strings in it.</summary>
    public static JsonElement ReadJson(string path) =>
        JsonDocument.Parse(ReadText(path), new JsonDocumentOptions { MaxDepth = 256 }).RootElement;

    // "models" is one topic; "training", "text", "quant", "outcomes" hold one topic a folder, and themselves their loose files.
    private static IEnumerable<string> FoldersWithCases(string root)
    {
        foreach (string area in Directory.Exists(root) ? Directory.GetDirectories(root) : [])
        {
            string name = Path.GetFileName(area);
            if (name is "models")
            {
                yield return name;
                continue;
            }
            if (name is not ("training" or "text" or "quant" or "outcomes")) continue;
            if (Directory.GetFiles(area, "*.json").Any(IsCaseFile)) yield return name;
            foreach (string folder in Directory.GetDirectories(area)) yield return $"{name}/{Path.GetFileName(folder)}";
        }
    }

    internal static bool IsCaseFile(string path) =>
        Path.GetFileName(path) is not ("index.json" or "versions.json" or "README.md" or "SUMMARY.md");

    private static string FindRepository()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "TuneSharp.slnx"))) return at.FullName;
        throw new DirectoryNotFoundException("TuneSharp.slnx is in none of the folders above " + AppContext.BaseDirectory + ".");
    }

    private sealed class UnknownTopic(string topic) : IGoldenTopic
    {
        public string Topic => topic;

        public IEnumerable<GoldenCase> Find(string folder)
        {
            IEnumerable<string> entries = topic.Contains('/') ? Directory.GetFileSystemEntries(folder) : Directory.GetFiles(folder, "*.json");
            foreach (string entry in entries.Where(IsCaseFile).Order(StringComparer.Ordinal))
                yield return new GoldenCase(Path.GetFileName(entry), () => GoldenResult.NotBuilt(topic));
        }

        public string? SpoilOne(string copy) => null;
    }
}
