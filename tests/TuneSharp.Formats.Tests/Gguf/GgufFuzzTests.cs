using System.Diagnostics;
using TuneSharp.Formats.Gguf;
using TuneSharp.Tests.Shared;

namespace TuneSharp.Formats.Tests.Gguf;

/// <summary>
/// Damaged files by the thousand (TUNESHARP_FUZZ_INPUTS for more): each one is refused with an
/// <see cref="InvalidInputException"/>, or every one of its tensors can be read; never another exception, much time or memory.
/// </summary>
public sealed class GgufFuzzTests
{
    private static readonly byte[] Seed = new GgufBytes()
        .Text("general.architecture", "llama").Number("general.alignment", 32).Texts("tokenizer.ggml.tokens", "a", "bc", "").Integers("types", 1, 2, 3).Single("eps", 1e-5f).Flag("f", true)
        .Raw("nested", 9, [.. BitConverter.GetBytes(9u), .. BitConverter.GetBytes(1ul), .. BitConverter.GetBytes(0u), .. BitConverter.GetBytes(2ul), 7, 8])
        .Floats("t0", [2, 3], [1, 2, 3, 4, 5, 6]).Tensor("t1", GgmlType.Q4_0, [1, 32], new byte[18]).Tensor("t2", GgmlType.F16, [4], new byte[8]).ToArray();

    private static readonly ulong[] Numbers = [0, 1, 2, 3, 4, 7, 8, 9, 13, 31, 32, 33, 255, 1ul << 31, 1ul << 32, 1ul << 61, 1ul << 63, ulong.MaxValue];

    [Fact]
    public void Every_truncation_and_flips_of_every_byte_are_handled()
    {
        using var folder = new TemporaryFolder();
        for (int length = 0; length < Seed.Length; length++) Accepts(folder["f"], Seed.AsSpan(0, length)).ShouldBeFalse($"cut to {length}");
        for (int bit = 0; bit < Seed.Length * 8; bit += 3)
        {
            byte[] flipped = [.. Seed];
            flipped[bit / 8] ^= (byte)(1 << bit % 8);
            Accepts(folder["f"], flipped);
        }
    }

    [Fact]
    public void Thousands_of_mutations_are_handled()
    {
        int inputs = int.TryParse(Environment.GetEnvironmentVariable("TUNESHARP_FUZZ_INPUTS"), out int more) ? more : 2000;
        using var folder = new TemporaryFolder();
        int accepted = 0;
        for (int i = 0; i < inputs; i++)
        {
            var random = new Random(i);
            byte[] file = [.. Seed];
            for (int changes = 1 + random.Next(3); changes > 0; changes--)
            {
                int at = random.Next(file.Length - 8);
                if (random.Next(3) == 0) file[at] = (byte)random.Next(256);
                else if (random.Next(2) == 0) BitConverter.TryWriteBytes(file.AsSpan(at), Numbers[random.Next(Numbers.Length)]);
                else file = [.. file[..at], .. file[(at + random.Next(8))..]];
            }
            if (Accepts(folder["f"], file)) accepted++;
        }
        accepted.ShouldBeInRange(1, inputs - 1); // both ways are really taken
    }

    private static bool Accepts(string path, ReadOnlySpan<byte> bytes)
    {
        const int MaxMilliseconds = 1000;
        long maxBytes = (64L << 20) + (2 * bytes.Length);
        File.WriteAllBytes(path, bytes);
        long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
        bool accepted = false;
        try
        {
            using GgufFile file = GgufFile.Open(path);
            foreach (GgufTensor tensor in file.Tensors.Values) _ = file.ReadFloat32(tensor);
            accepted = true;
        }
        catch (InvalidInputException e) { e.Message.Length.ShouldBeLessThan(2000); }
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(maxBytes);
        Stopwatch.GetElapsedTime(start).TotalMilliseconds.ShouldBeLessThan(MaxMilliseconds);
        return accepted;
    }
}
