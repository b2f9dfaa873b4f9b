using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats.Errors;
using TuneSharp.Formats.Json;

namespace TuneSharp.Formats.Files;

/// <summary>
/// The list of a folder's files with length and SHA-256, in <c>manifest.json</c>. It is written last: a folder that has one is
/// complete.
/// </summary>
internal static class FolderManifest
{
    public const string FileName = "manifest.json";
    private const int Version = 1;
    private const long MaxBytes = 16 << 20;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    public static void Write(string folder)
    {
        var files = new JsonObject();
        foreach (string name in FilesBelow(folder))
        {
            string path = Path.Combine(folder, name);
            files[name] = new JsonObject { ["bytes"] = new FileInfo(path).Length, ["sha256"] = Hash(path) };
        }
        var manifest = new JsonObject { ["version"] = Version, ["files"] = files };
        AtomicFile.WriteText(Path.Combine(folder, FileName), manifest.ToJsonString(Indented) + "\n");
    }

    /// <summary>Checks existence and length of every listed file, and its content if asked.</summary>
    /// <exception cref="InvalidInputException">Names the first file that differs.</exception>
    public static void Check(string folder, bool content)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) throw new InvalidInputException("The folder has no manifest.json: it was never finished.", folder, "Use an earlier one.");
        var manifest = new CheckedFields(StrictJson.ReadObject(path, MaxBytes), path);
        if (manifest.GetInt("version", 1, int.MaxValue) != Version) throw manifest.Wrong("version", $"Only version {Version} can be read.", "Use a newer version of this program.");
        CheckedFields files = manifest.GetObject("files") ?? throw manifest.Missing("files", "an object with length and SHA-256 of each file");
        foreach ((string name, _) in files.Json) CheckFile(folder, name, files.GetObject(name), content);
    }

    private static void CheckFile(string folder, string name, CheckedFields? listed, bool content)
    {
        string path = PathInside.Resolve(folder, name);
        var file = new FileInfo(path);
        if (!file.Exists) throw Damaged(folder, name, "is missing");
        if (listed is null || file.Length != listed.GetDouble("bytes", 0, long.MaxValue)) throw Damaged(folder, name, $"has {file.Length} bytes, not as many as when it was saved");
        if (content && Hash(path) != listed.GetString("sha256")) throw Damaged(folder, name, "has another content than when it was saved");
    }

    private static InvalidInputException Damaged(string folder, string name, string how) =>
        new($"The file {Quoted.Text(name)} {how}.", folder, "The folder is damaged: use an earlier one, or a copy.");

    /// <summary>Relative names with '/', sorted, without the manifest itself.</summary>
    private static IEnumerable<string> FilesBelow(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'))
        .Where(name => name != FileName)
        .Order(StringComparer.Ordinal);

    private static string Hash(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
