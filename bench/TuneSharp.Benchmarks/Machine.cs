using System.Runtime.Intrinsics.X86;

namespace TuneSharp.Benchmarks;

/// <summary>The line that stands above every figure.</summary>
internal static class Machine
{
    public static string Describe()
    {
        string model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[^1].Trim() ?? "unknown"
            : "unknown";
        string instructions = Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : "SSE";
        return $"{model}, {Environment.ProcessorCount} cores, {instructions}, .NET {Environment.Version}";
    }

    /// <summary>Peak resident memory of this process in MB (VmHWM).</summary>
    public static double PeakResidentMb() => StatusKb("VmHWM") / 1024.0;

    /// <summary>Anonymous resident memory in MB (RssAnon): what the program itself holds, without mapped files.</summary>
    public static double AnonymousMb() => StatusKb("RssAnon") / 1024.0;

    private static long StatusKb(string key)
    {
        string? line = File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(key + ":", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1]);
    }
}
