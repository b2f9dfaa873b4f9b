using System.Diagnostics;
using System.Runtime.InteropServices;
using TuneSharp.Formats.Safetensors;

namespace TuneSharp.Benchmarks;

/// <summary>How fast weights come from the page cache into a tensor's memory and back to disk, against plain system calls.</summary>
internal sealed class SafetensorsBenchmark : IBenchmark
{
    private const int NumTensors = 32;
    private const int TensorBytes = 8 << 20;
    private const int Repeats = 7;

    public string Name => "safetensors";

    public string Description => "reading, finite check and saving of 256 MiB of weights, against plain reads of the same file and copies in memory";

    public unsafe int Run(string[] args)
    {
        string folder = Directory.CreateTempSubdirectory("tunesharp-bench-").FullName;
        void* memory = NativeMemory.AlignedAlloc(TensorBytes, 64);
        void* other = NativeMemory.AlignedAlloc(TensorBytes, 64);
        try
        {
            var values = new Span<byte>(memory, TensorBytes);
            for (int i = 0; i < values.Length; i++) values[i] = (byte)(i % 61);
            string path = Path.Combine(folder, "model.safetensors");
            byte[] source = values.ToArray();
            TensorToWrite[] tensors = [.. Enumerable.Range(0, NumTensors).Select(i => new TensorToWrite($"model.layers.{i}.weight", TensorDType.F32, [1024, TensorBytes / 4096], stream => stream.Write(source)))];
            double save = Best(() => SafetensorsWriter.Write(path, tensors));
            double saveChecked = Best(() => SafetensorsWriter.Write(path, tensors, refuseNonFinite: true));
            double plainSave = Best(() =>
            {
                using var file = new FileStream(Path.Combine(folder, "plain"), FileMode.Create, FileAccess.Write, FileShare.None, 1);
                for (int i = 0; i < NumTensors; i++) file.Write(source);
                file.Flush(flushToDisk: true);
            });
            double read = Best(() =>
            {
                using SafetensorsFile file = SafetensorsFile.Open(path);
                foreach (TensorEntry entry in file.Tensors.Values) file.Read(entry, memory);
            });
            double plainRead = Best(() =>
            {
                using var handle = File.OpenHandle(path);
                for (int i = 0; i < NumTensors; i++) RandomAccess.Read(handle, new Span<byte>(memory, TensorBytes), (long)i * TensorBytes);
            });
            double copy = Best(() => { for (int i = 0; i < NumTensors; i++) Buffer.MemoryCopy(memory, other, TensorBytes, TensorBytes); });
            double scan = Best(() => { for (int i = 0; i < NumTensors; i++) FiniteScan.AllFinite(TensorDType.F32, new Span<byte>(memory, TensorBytes)); });
            Print("read into tensors", read, plainRead, "plain reads");
            Print("finite check", scan, copy, "copies in memory");
            Print("save (flushed to disk)", save, plainSave, "plain writes, flushed");
            Print("save with finite check", saveChecked, plainSave, "plain writes, flushed");
            return 0;
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
            NativeMemory.AlignedFree(other);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Best(Action action)
    {
        double best = double.MaxValue;
        for (int i = 0; i < Repeats; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return best;
    }

    private static void Print(string what, double seconds, double reference, string of) =>
        Console.WriteLine($"{what,-24} {(double)NumTensors * TensorBytes / (1 << 30) / seconds,6:0.00} GiB/s   {reference / seconds,5:0.00} x the speed of {of}");
}
