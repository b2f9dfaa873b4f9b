using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using TuneSharp.Data.Rendering;
using TuneSharp.Formats.Files;

namespace TuneSharp.Data.Preparation;

/// <summary>A name for a prepared dataset that changes with everything that it depends on: content of the files, settings, tokenizer, template, layout.</summary>
internal static class CacheKey
{
    /// <summary>Changes with every build whose code differs: what another version of the program would read or render otherwise is made anew.</summary>
    private static readonly string s_program = string.Join(' ', new[] { typeof(CacheKey), typeof(Tokenizers.Tokenizer), typeof(RegularFile) }.Select(type => type.Module.ModuleVersionId));

    public static string Of(DataSettings settings, DatasetFiles files, IRowRenderer renderer, int context, long seed, string textHash)
    {
        var parts = new Dictionary<string, string>
        {
            ["program"] = s_program,
            ["settings"] = JsonSerializer.Serialize(settings),
            ["seed"] = $"{settings.SplitSeed ?? seed}",
            ["context"] = $"{context}",
            ["text"] = textHash,
            ["renderer"] = renderer.Identity,
        };
        foreach (string path in PreparedFolder.PathsOf(files)) parts[Path.GetFullPath(path)] = HashOf(path);
        if (settings.Template is { } template && Prompts.PromptTemplate.IsPath(template)) parts[Path.GetFullPath(template)] = HashOf(template);
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(parts)))[..32];
    }

    // Pieces are hashed side by side, and then their hashes: a large file is read as fast as the disk and all cores allow.
    private static string HashOf(string path)
    {
        const int Piece = 16 << 20;
        if (new FileInfo(path) is { Exists: true, Length: 0 }) return "";    // the reader says so in its own words
        using SafeFileHandle handle = RegularFile.Open(path);
        long length = RandomAccess.GetLength(handle);
        byte[] hashes = new byte[checked((int)((length + Piece - 1) / Piece) * SHA256.HashSizeInBytes)];
        Parallel.For(0, hashes.Length / SHA256.HashSizeInBytes, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, () => new byte[1 << 18], (piece, _, buffer) =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long at = (long)piece * Piece, end = Math.Min(length, at + Piece);
            while (at < end)
            {
                Span<byte> part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at));
                RegularFile.Fill(handle, part, at, path);
                hash.AppendData(part);
                at += part.Length;
            }
            hash.GetHashAndReset(hashes.AsSpan(piece * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes));
            return buffer;
        }, _ => { });
        return $"{length}:{Convert.ToHexStringLower(SHA256.HashData(hashes))}";
    }
}
