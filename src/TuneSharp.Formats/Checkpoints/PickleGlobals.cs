using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace TuneSharp.Formats.Checkpoints;

/// <summary>
/// Lists which Python functions a pickle would fetch (opcodes GLOBAL, INST, STACK_GLOBAL), by walking over its opcodes. Nothing
/// is executed and no object is made: it only serves to tell a person what such a file would have done.
/// </summary>
internal static class PickleGlobals
{
    private const int MaxBytes = 16 << 20;

    // What tensors themselves need.
    private static readonly string[] HarmlessPrefixes = ["torch.", "torch._utils.", "collections.OrderedDict", "numpy."];

    /// <summary>The first function that has nothing to do with tensors, as in "posix.system"; null if none was found.</summary>
    public static string? FirstForeign(string path)
    {
        try
        {
            return Walk(ReadPickle(path)).FirstOrDefault(name => !HarmlessPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)));
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or InvalidInputException or NotSupportedException)
        {
            return null; // a damaged file has no more to say
        }
    }

    // torch's own form is a zip archive with the pickle in data.pkl; older ones are the pickle itself.
    private static byte[] ReadPickle(string path)
    {
        using FileStream file = Files.RegularFile.OpenStream(path);
        Span<byte> start = stackalloc byte[2];
        bool zip = file.ReadAtLeast(start, 2, throwOnEndOfStream: false) == 2 && start.SequenceEqual("PK"u8);
        file.Position = 0;
        if (!zip) return ReadUpTo(file);
        using var archive = new ZipArchive(file, ZipArchiveMode.Read);
        ZipArchiveEntry entry = archive.Entries.FirstOrDefault(entry => entry.Name == "data.pkl") ?? throw new InvalidDataException();
        using Stream pickle = entry.Open();
        return ReadUpTo(pickle);
    }

    private static byte[] ReadUpTo(Stream stream)
    {
        using var kept = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        for (int read; kept.Length < MaxBytes && (read = stream.Read(buffer)) > 0;) kept.Write(buffer, 0, read);
        return kept.ToArray();
    }

    internal static IEnumerable<string> Walk(byte[] pickle)
    {
        var texts = new List<string> { "", "" }; // texts in the order of their appearance: STACK_GLOBAL takes the last two
        var memo = new Dictionary<long, string>();
        int at = 0;
        while (at < pickle.Length)
        {
            byte opcode = pickle[at++];
            switch ((char)opcode)
            {
                case 'c' or 'i':
                    if (Line(pickle, ref at) is not { } module || Line(pickle, ref at) is not { } function) yield break;
                    yield return $"{module}.{function}";
                    break;
                case '\x93':
                    yield return $"{texts[^2]}.{texts[^1]}";
                    break;
                case '\x82' or '\x83' or '\x84':
                    yield return "the extension registry";
                    if (!Skip(pickle, ref at, opcode - 0x82 == 2 ? 4 : opcode - 0x82 + 1)) yield break;
                    break;
                case 'X' or 'T' or '\x8c' or 'U' or '\x8d':
                    if (Counted(pickle, ref at, LengthBytes(opcode)) is not { } text) yield break;
                    texts.Add(Encoding.UTF8.GetString(text));
                    break;
                case 'V' or 'S':
                    if (Line(pickle, ref at) is not { } line) yield break;
                    texts.Add(line.Trim('\'', '"'));
                    break;
                case 'B' or 'C' or '\x8e' or '\x8a' or '\x8b' or '\x96':
                    if (Counted(pickle, ref at, LengthBytes(opcode)) is null) yield break;
                    break;
                case 'q' or 'r':
                    if (Number(pickle, ref at, opcode == 'q' ? 1 : 4) is not { } put) yield break;
                    memo[put] = texts[^1];
                    break;
                case '\x94':
                    memo[memo.Count] = texts[^1];
                    break;
                case 'h' or 'j':
                    if (Number(pickle, ref at, opcode == 'h' ? 1 : 4) is not { } got) yield break;
                    texts.Add(memo.GetValueOrDefault(got, ""));
                    break;
                case 'F' or 'I' or 'L' or 'p' or 'g' or 'P':
                    if (Line(pickle, ref at) is null) yield break;
                    break;
                case 'K' or '\x80': if (!Skip(pickle, ref at, 1)) yield break; break;
                case 'M': if (!Skip(pickle, ref at, 2)) yield break; break;
                case 'J': if (!Skip(pickle, ref at, 4)) yield break; break;
                case 'G' or '\x95': if (!Skip(pickle, ref at, 8)) yield break; break;
            }
        }
    }

    private static int LengthBytes(byte opcode) => (char)opcode switch
    {
        'U' or 'C' or '\x8c' or '\x8a' => 1,
        'X' or 'T' or 'B' or '\x8b' => 4,
        _ => 8,
    };

    private static long? Number(byte[] pickle, ref int at, int bytes)
    {
        if (pickle.Length - at < bytes) return null;
        Span<byte> number = stackalloc byte[8];
        number.Clear();
        pickle.AsSpan(at, bytes).CopyTo(number);
        at += bytes;
        return BinaryPrimitives.ReadInt64LittleEndian(number);
    }

    private static byte[]? Counted(byte[] pickle, ref int at, int lengthBytes)
    {
        if (Number(pickle, ref at, lengthBytes) is not { } length || length < 0 || length > pickle.Length - at) return null;
        at += (int)length;
        return pickle[(at - (int)length)..at];
    }

    private static string? Line(byte[] pickle, ref int at)
    {
        int end = pickle.AsSpan(at).IndexOf((byte)'\n');
        if (end < 0) return null;
        string line = Encoding.UTF8.GetString(pickle, at, end);
        at += end + 1;
        return line;
    }

    private static bool Skip(byte[] pickle, ref int at, int bytes)
    {
        if (pickle.Length - at < bytes) return false;
        at += bytes;
        return true;
    }
}
