using System.Security.Cryptography;
using TuneSharp.Formats.Files;

namespace TuneSharp.Application.Machine;

/// <summary>SHA-256 of the files that a run is made from.</summary>
internal static class FileHashes
{
    /// <param name="paths">Files, or folders of which each file directly inside counts.</param>
    public static SortedDictionary<string, string> Of(IEnumerable<string> paths)
    {
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            foreach (string file in Directory.Exists(path) ? Directory.EnumerateFiles(path) : [path]) hashes[file] = Of(file);
        }

        return hashes;
    }

    public static string Of(string file)
    {
        using FileStream stream = RegularFile.OpenStream(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
