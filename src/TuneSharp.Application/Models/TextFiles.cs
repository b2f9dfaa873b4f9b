using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using TuneSharp.Formats.Files;

namespace TuneSharp.Application.Models;

/// <summary>The files of a model that say how text becomes tokens.</summary>
internal static class TextFiles
{
    /// <summary>A GGUF file has its vocabulary at the front; of a large one this much is looked at.</summary>
    private const int MostBytes = 64 << 20;

    private static readonly string[] s_names =
        ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt", "vocab.txt", "tokenizer.model", "chat_template.jinja", "config.json"];

    /// <summary>Differs where one of these files does.</summary>
    /// <param name="model">A model folder, or a GGUF file.</param>
    public static string HashOf(string model)
    {
        IEnumerable<string> files = File.Exists(model) ? [model]
            : s_names.Select(name => Path.Combine(model, name)).Where(File.Exists).Concat(Directory.Exists(model) ? Directory.GetFiles(model, "*.gguf").Order(StringComparer.Ordinal) : []);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 16], length = new byte[sizeof(long)];
        foreach (string file in files)
        {
            using FileStream stream = RegularFile.OpenStream(file);
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFileName(file)));
            BinaryPrimitives.WriteInt64LittleEndian(length, stream.Length);
            hash.AppendData(length);
            for (int left = MostBytes; left > 0;)
            {
                int read = stream.Read(buffer, 0, Math.Min(buffer.Length, left));
                if (read == 0) break;
                hash.AppendData(buffer, 0, read);
                left -= read;
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
