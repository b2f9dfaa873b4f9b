using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using TuneSharp.Application.Runs;

namespace TuneSharp.Application.Machine;

/// <summary>What the machine and the program are, as far as it can change the last bits of a result.</summary>
public static class MachineProbe
{
    public static MachineDescription Describe() => new(Environment.MachineName, RuntimeInformation.OSDescription, Processor(), InstructionSet(),
        Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>Module ids are made from the sources by a deterministic build, so equal sources have equal ids.</summary>
    public static ProgramIdentity Program()
    {
        var assemblies = AppDomain.CurrentDomain.GetAssemblies().Where(assembly => assembly.GetName().Name?.StartsWith("TuneSharp.", StringComparison.Ordinal) == true);
        var ids = new SortedDictionary<string, Guid>(StringComparer.Ordinal);
        foreach (System.Reflection.Assembly assembly in assemblies) ids[assembly.GetName().Name!] = assembly.ManifestModule.ModuleVersionId;
        byte[] all = [.. ids.SelectMany(pair => System.Text.Encoding.UTF8.GetBytes($"{pair.Key} {pair.Value}\n"))];
        string version = typeof(MachineProbe).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
        return new ProgramIdentity(version, Convert.ToHexStringLower(SHA256.HashData(all)));
    }

    public static IReadOnlyDictionary<string, string> Packages() => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["dotnet"] = Environment.Version.ToString(),
        ["torchsharp"] = typeof(TorchSharp.torch).Assembly.GetName().Version?.ToString(3) ?? "unknown",
        ["libtorch"] = TorchSharp.torch.__version__,
    };

    /// <summary>The widest vectors that arithmetic can use; what decides the order of additions.</summary>
    public static string InstructionSet()
    {
        if (!X86Base.IsSupported) return RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        return Avx512F.IsSupported ? "avx512" : Avx2.IsSupported ? "avx2" : Avx.IsSupported ? "avx" : "sse2";
    }

    private static string Processor()
    {
        const string File = "/proc/cpuinfo";
        string? line = System.IO.File.Exists(File) ? System.IO.File.ReadLines(File).FirstOrDefault(candidate => candidate.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':') + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
