using System.Diagnostics;
using TuneSharp.Formats;

namespace TuneSharp.Fuzz;

/// <param name="Number">Number of the input within its seed.</param>
/// <param name="Input">Its bytes.</param>
/// <param name="What">What went wrong.</param>
internal sealed record FuzzFailure(int Number, byte[] Input, string What);

/// <summary>
/// Gives a reader one damaged input after the other. Each must be read or refused with an <see cref="InvalidInputException"/>,
/// within a time and an amount of memory; input n of a seed is always the same.
/// </summary>
internal sealed class FuzzLoop : IDisposable
{
    /// <summary>A loaded machine takes long for what is short; what hangs takes for ever.</summary>
    private static readonly TimeSpan LongestInput = TimeSpan.FromSeconds(30);

    /// <summary>Made for one input, whether it still lives or not; a template may make 160 MB.</summary>
    private const long MostAllocated = 256L << 20;

    private readonly IFuzzedReader _reader;
    private readonly long _seed;
    private readonly string _folder;
    private long _begun;
    private int _number;

    public FuzzLoop(IFuzzedReader reader, long seed)
    {
        _reader = reader;
        _seed = seed;
        // Memory, where there is a file system in it: hundreds of thousands of small files.
        string parent = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        _folder = Directory.CreateDirectory(Path.Combine(parent, $"tunesharp-fuzz-{Guid.NewGuid():N}")).FullName;
        InputPath = Path.Combine(_folder, reader.FileName);
    }

    public string InputPath { get; }

    public int Accepted { get; private set; }

    public int Refused { get; private set; }

    /// <summary>Runs inputs from … from + count - 1 on a thread of its own, and watches that thread.</summary>
    /// <returns>The first failure; null if there is none.</returns>
    public FuzzFailure? Run(int from, int count, Action<int>? progress = null)
    {
        FuzzFailure? failure = null;
        Volatile.Write(ref _begun, Stopwatch.GetTimestamp());
        // As small a stack as a thread pool's thread has on the systems with the smallest.
        var work = new Thread(() =>
        {
            for (int n = from; n < from + count && failure is null; n++)
            {
                failure = Try(n);
                progress?.Invoke(n - from + 1);
            }
        }, maxStackSize: 1 << 20)
        { IsBackground = true };
        work.Start();
        while (!work.Join(TimeSpan.FromMilliseconds(200)))
        {
            if (Stopwatch.GetElapsedTime(Volatile.Read(ref _begun)) < LongestInput) continue;
            int number = Volatile.Read(ref _number);
            return new FuzzFailure(number, Input(number), $"Nothing came of it within {LongestInput.TotalSeconds:0} s.");
        }
        return failure;
    }

    /// <summary>The bytes of an input.</summary>
    public byte[] Input(int number) => Mutator.Damage(_reader, _seed, number);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private FuzzFailure? Try(int number)
    {
        byte[] input = Input(number);
        File.WriteAllBytes(InputPath, input);
        Volatile.Write(ref _number, number);
        Volatile.Write(ref _begun, Stopwatch.GetTimestamp());
        long before = GC.GetAllocatedBytesForCurrentThread();
        string? what = null;
        try
        {
            _reader.Read(InputPath);
            Accepted++;
        }
        catch (InvalidInputException e)
        {
            Refused++;
            if (string.IsNullOrWhiteSpace(e.Problem)) what = "It was refused without a reason.";
        }
        catch (Exception e)
        {
            what = e.ToString();
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (what is null && allocated > MostAllocated) what = $"{allocated >> 20} MB were allocated for {input.Length} bytes.";
        return what is null ? null : new FuzzFailure(number, input, what);
    }
}
