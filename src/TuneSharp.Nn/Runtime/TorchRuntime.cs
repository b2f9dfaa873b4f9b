using System.Runtime.InteropServices;
using TuneSharp.Formats;

namespace TuneSharp.Nn.Runtime;

/// <summary>
/// Loads libtorch from one place on disk, before anything touches a static member of <c>torch</c>. The place is, in this order:
/// the folder that <c>TUNESHARP_LIBTORCH</c> names (an installed libtorch 2.10, for instance a CUDA build; untested here),
/// the folder <c>torch</c> beside a published program, the package cache that the build wrote into runtimeconfig.json.
/// </summary>
public static class TorchRuntime
{
    private static readonly Lazy<string> Loaded = new(LoadOnce);

    /// <summary>Loads the runtime once per process.</summary>
    /// <returns>The folder that libtorch came from.</returns>
    /// <exception cref="InvalidInputException">The machine lacks something; the text says what.</exception>
    public static string EnsureLoaded() => Loaded.Value;

    private static string LoadOnce()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            throw new InvalidInputException("The packaged libtorch is for Linux on x64 only; this machine is " + RuntimeInformation.RuntimeIdentifier + ".");
        string published = Path.Combine(AppContext.BaseDirectory, "torch");
        string? chosen = Environment.GetEnvironmentVariable("TUNESHARP_LIBTORCH");
        string? libs = !string.IsNullOrEmpty(chosen) ? LibFolder(chosen) : Directory.Exists(published) ? published : AppContext.GetData("Torch.Libs") as string;
        string? shim = Directory.Exists(published) ? published : AppContext.GetData("Torch.Shim") as string;
        if (libs is null || shim is null || !Directory.Exists(libs))
            throw new InvalidInputException("LibTorch is not installed.", libs, "Run `dotnet restore`, or set TUNESHARP_LIBTORCH to a folder with libtorch 2.10.");

        // OpenMP workers spin about 10 ms after every operator and steal a core from managed code; 20,000 turns are 0.7 ms
        // and cost nothing. Must be in the C environment before the first load; a value that the user set wins.
        _ = SetEnv("GOMP_SPINCOUNT", "20000", 0);
        foreach (string name in (string[])["libc10.so", "libtorch_cpu.so", "libtorch.so"]) Open(Path.Combine(libs, name));
        string library = Path.Combine(shim, "libLibTorchSharp.so");
        if (!NativeLibrary.TryLoad(library, out _)) LoadPatched(library);
        return libs;
    }

    private static string LibFolder(string chosen) => Directory.Exists(Path.Combine(chosen, "lib")) ? Path.Combine(chosen, "lib") : chosen;

    /// <summary>
    /// The packaged shim asks for a libstdc++ newer than Debian 12's, for the sake of one marker symbol that nothing calls.
    /// With the weak flag set on that version the loader accepts it. The patched image lives in memory only.
    /// </summary>
    private static void LoadPatched(string library)
    {
        if (!File.Exists(library)) Open(library);
        byte[] image = File.ReadAllBytes(library);
        if (!ElfVersionNeed.Weaken(image, "GLIBCXX_3.4.32", "_ZSt21ios_base_library_initv")) Open(library);
        int descriptor = CreateMemoryFile("libLibTorchSharp.so", 1);
        string path = $"/proc/self/fd/{descriptor}";
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write)) file.Write(image);
        Open(path);
    }

    private static void Open(string path)
    {
        try
        {
            NativeLibrary.Load(path);
        }
        catch (DllNotFoundException e)
        {
            // Of the loader's lines the last names the file that is missing.
            throw new InvalidInputException("LibTorch cannot be loaded: " + e.Message.TrimEnd().Split('\n')[^1].Trim() + ".", null,
                "Install what it names, or set TUNESHARP_LIBTORCH to another libtorch 2.10.", e);
        }
    }

    [DllImport("libc", EntryPoint = "setenv")]
    private static extern int SetEnv([MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);

    [DllImport("libc", EntryPoint = "memfd_create")]
    private static extern int CreateMemoryFile([MarshalAs(UnmanagedType.LPUTF8Str)] string name, uint flags);
}
