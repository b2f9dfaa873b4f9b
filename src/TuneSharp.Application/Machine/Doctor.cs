using System.Diagnostics;
using TorchSharp;
using TuneSharp.Application.Runs;
using TuneSharp.Formats;
using TuneSharp.Nn.Runtime;

namespace TuneSharp.Application.Machine;

/// <summary>What `doctor` finds.</summary>
/// <param name="TorchProblem">Why libtorch cannot be loaded; null if all is well, and then the fields after it are known.</param>
public sealed record DoctorReport(string Version, MachineDescription Machine, long FreeMemoryBytes, string Home, bool HomeIsWritable, long FreeDiskBytes, string? TorchProblem,
    string? TorchVersion, string? TorchFolder, int Threads, bool HasBFloat16, IReadOnlyList<MatrixProductTime> Products);

/// <param name="Dtype">Type of the numbers.</param>
/// <param name="Size">The matrices are Size × Size.</param>
public sealed record MatrixProductTime(string Dtype, int Size, double Milliseconds)
{
    public double GigaflopsPerSecond => 2.0 * Size * Size * Size / Milliseconds / 1e6;
}

/// <summary>Looks at the machine and tries what training needs: memory, disk, libtorch, a timed matrix product.</summary>
public sealed class Doctor(HomeFolder home)
{
    public DoctorReport Execute()
    {
        string? problem = null, folder = null, version = null;
        IReadOnlyList<MatrixProductTime> products = [];
        int threads = 0;
        try
        {
            folder = TorchRuntime.EnsureLoaded();
            version = torch.__version__;
            threads = torch.get_num_threads();
            products = [Time(torch.ScalarType.Float32, 1024), .. Processor.HasBFloat16 ? [Time(torch.ScalarType.BFloat16, 1024)] : Array.Empty<MatrixProductTime>()];
        }
        catch (InvalidInputException e)
        {
            problem = e.Message;
        }

        return new DoctorReport(MachineProbe.Program().Version, MachineProbe.Describe(), MachineMemory.Free(), home.Path, IsWritable(home.Path), FreeDisk(home.Path), problem, version, folder, threads,
            problem is null && Processor.HasBFloat16, products);
    }

    private static MatrixProductTime Time(torch.ScalarType type, int size)
    {
        using var scope = torch.NewDisposeScope();
        using IDisposable noGradients = torch.no_grad();
        torch.Tensor a = torch.ones(size, size, dtype: type), b = torch.ones(size, size, dtype: type);
        double best = double.PositiveInfinity;
        for (int round = 0; round < 5; round++)
        {
            long start = Stopwatch.GetTimestamp();
            a.mm(b).Dispose();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return new MatrixProductTime(type.ToString().ToLowerInvariant(), size, best);
    }

    private static long FreeDisk(string path)
    {
        string existing = path;
        while (!Directory.Exists(existing)) existing = Path.GetDirectoryName(existing) ?? "/";
        return new DriveInfo(existing).AvailableFreeSpace;
    }

    private static bool IsWritable(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            string probe = Path.Combine(path, $".probe-{Environment.ProcessId}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
