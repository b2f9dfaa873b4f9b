using System.Diagnostics;
using System.Text;
using TuneSharp.Formats.Safetensors;

namespace TuneSharp.Formats.Tests.Safetensors;

/// <summary>
/// Damaged files by the thousand (TUNESHARP_FUZZ_INPUTS for more): each one is refused with an
/// <see cref="InvalidInputException"/>, or every one of its tensors can be read; never another exception, never much time or
/// memory.
/// </summary>
public sealed class SafetensorsFuzzTests
{
    private static readonly string[] Numbers = ["0", "-1", "1", "7", "8", "0.5", "1e3", "1e400", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551624", "null", "\"8\"", "[]", "{}", "true"];
    private static readonly string[] Words = ["F32", "BF16", "F64", "F8_E4M3", "BOOL", "F4", "", "__metadata__", "dtype", "shape", "data_offsets", "a", "\\ud800", "\\u0000", "\\n", "é"];

    private static readonly byte[][] Seeds =
    [
        SafetensorsBytes.File("""{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]}}   """, 32),
        SafetensorsBytes.File("""{"x.y":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"é":{"dtype":"U8","shape":[0,7],"data_offsets":[8,8]},"z":{"dtype":"BOOL","shape":[1,1,5],"data_offsets":[8,13]}}""", 13),
        SafetensorsBytes.File("{}", 0),
    ];

    [Fact]
    public void EveryTruncationAndEverySingleBitFlipIsHandled()
    {
        using var folder = new TemporaryFolder();
        foreach (byte[] seed in Seeds.Take(2))
        {
            for (int length = 0; length < seed.Length; length++) Accepts(folder["f"], seed.AsSpan(0, length)).ShouldBeFalse($"cut to {length}");
            for (int bit = 0; bit < seed.Length * 8; bit++)
            {
                byte[] flipped = [.. seed];
                flipped[bit / 8] ^= (byte)(1 << bit % 8);
                Accepts(folder["f"], flipped);
            }
        }
    }

    [Fact]
    public void ThousandsOfMutationsAreHandled()
    {
        int inputs = int.TryParse(Environment.GetEnvironmentVariable("TUNESHARP_FUZZ_INPUTS"), out int more) ? more : 2000;
        using var folder = new TemporaryFolder();
        int accepted = 0;
        for (int i = 0; i < inputs; i++)
        {
            var random = new Random(i);
            byte[] file = Seeds[random.Next(Seeds.Length)];
            for (int changes = 1 + random.Next(4); changes > 0; changes--) file = Mutate(file, random);
            if (random.Next(2) == 0) file = WithTrueLength(file, random);
            if (Accepts(folder["f"], file)) accepted++;
        }
        accepted.ShouldBeInRange(1, inputs - 1); // both ways are really taken
    }

    private static byte[] Mutate(byte[] file, Random random)
    {
        if (file.Length < 10) return [.. file, (byte)random.Next(256)];
        int at = random.Next(file.Length), count = Math.Min(random.Next(1, 9), file.Length - at);
        return random.Next(8) switch
        {
            0 => [.. file[..at], (byte)random.Next(256), .. file[(at + 1)..]],
            1 => [.. file[..at], .. file[(at + count)..]],
            2 => [.. file[..at], .. file[at..(at + count)], .. file[at..]],
            3 => file[..at],
            4 => [.. file, .. new byte[count]],
            5 => ReplaceToken(file, random, char.IsAsciiDigit, Numbers),
            6 => ReplaceToken(file, random, c => char.IsAsciiLetterOrDigit(c) || c == '_', Words),
            _ => [.. file[..at], (byte)"{}[]:,\"\\"[random.Next(8)], .. file[at..]],
        };
    }

    /// <summary>Puts another number or word in the place of one of the header.</summary>
    private static byte[] ReplaceToken(byte[] file, Random random, Func<char, bool> belongs, string[] choices)
    {
        int start = 8 + random.Next(file.Length - 8);
        while (start < file.Length && !belongs((char)file[start])) start++;
        int end = start;
        while (end < file.Length && belongs((char)file[end])) end++;
        return [.. file[..start], .. Encoding.UTF8.GetBytes(choices[random.Next(choices.Length)]), .. file[end..]];
    }

    /// <summary>Corrects the length field, so that what is changed behind it is looked at.</summary>
    private static byte[] WithTrueLength(byte[] file, Random random)
    {
        int end = file.AsSpan().LastIndexOf((byte)'}');
        if (end < 8) return file;
        byte[] copy = [.. file];
        BitConverter.TryWriteBytes(copy, (ulong)(end + 1 - 8 + (random.Next(8) == 0 ? 1 : 0)));
        return copy;
    }

    private static bool Accepts(string path, ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(path, bytes);
        long allocated = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
        bool accepted = true;
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            long covered = file.Tensors.Values.Sum(entry => (long)file.ReadBytes(entry).Length);
            covered.ShouldBe(bytes.Length - 8 - (long)BitConverter.ToUInt64(bytes));
        }
        catch (InvalidInputException) { accepted = false; }
        (GC.GetAllocatedBytesForCurrentThread() - allocated).ShouldBeLessThan(2 * bytes.Length + (4 << 20));
        Stopwatch.GetElapsedTime(start).TotalSeconds.ShouldBeLessThan(5); // far above the promised second: other tests share the processor
        return accepted;
    }
}
