using System.Text.Json;
using TuneSharp.Formats;
using TuneSharp.Formats.Files;

namespace TuneSharp.Application.Runs;

/// <summary>
/// <c>manifest.json</c>: what a run was made from and on. Written when it first starts; a resume takes a new one and compares.
/// </summary>
/// <param name="Inputs">SHA-256 of each file of the base model, of the adapter that is trained on, and of the data, by path.</param>
/// <param name="Recipe">SHA-256 of recipe.resolved.yaml.</param>
/// <param name="Program">Version and SHA-256 over the program's own assemblies.</param>
/// <param name="Packages">Versions of TorchSharp, libtorch and the .NET runtime.</param>
public sealed record RunManifest(int Version, DateTimeOffset Created, IReadOnlyDictionary<string, string> Inputs, string Recipe, ProgramIdentity Program,
    IReadOnlyDictionary<string, string> Packages, MachineDescription Machine, int Threads, string WeightsDtype, string ComputeDtype, long Seed)
{
    public const int CurrentVersion = 1;

    public static RunManifest Read(RunFolder run)
    {
        try
        {
            return JsonSerializer.Deserialize<RunManifest>(File.ReadAllText(run.Manifest), RunJson.Compact) ?? throw new JsonException("It is empty.");
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw new InvalidInputException("The manifest of the run cannot be read.", run.Manifest, null, e);
        }
    }

    public void Write(RunFolder run) => AtomicFile.WriteText(run.Manifest, JsonSerializer.Serialize(this, RunJson.Indented));

    /// <summary>Compares what a resume would use with what the run began with.</summary>
    /// <returns>Differences that let bits differ; empty where the result will be bit-identical.</returns>
    /// <exception cref="InvalidInputException">Model, data or recipe changed: going on would be another run.</exception>
    public IReadOnlyList<string> CompareForResume(RunManifest now, string runFolder)
    {
        foreach ((string path, string hash) in Inputs)
        {
            if (!now.Inputs.TryGetValue(path, out string? current))
                throw new InvalidInputException("A file that the run began with is not used any more.", path, "Start a new run.");
            if (current != hash)
                throw new InvalidInputException("This file has changed since the run began.", path, "Put the old file back, or start a new run.");
        }

        if (now.Inputs.Keys.FirstOrDefault(path => !Inputs.ContainsKey(path)) is { } added)
            throw new InvalidInputException("This file was not there when the run began.", added, "Take it away, or start a new run.");
        if (now.Recipe != Recipe)
            throw new InvalidInputException("recipe.resolved.yaml has changed since the run began.", runFolder, "Put the old file back, or start a new run.");

        var differences = new List<string>();
        void Compare(string what, string then, string today)
        {
            if (then != today) differences.Add($"{what}: {then} → {today}");
        }

        Compare("program", $"{Program.Version} ({Program.Sha256[..8]})", $"{now.Program.Version} ({now.Program.Sha256[..8]})");
        foreach (string package in Packages.Keys.Union(now.Packages.Keys))
            Compare(package, Packages.GetValueOrDefault(package, "none"), now.Packages.GetValueOrDefault(package, "none"));
        Compare("processor", Machine.Processor, now.Machine.Processor);
        Compare("instruction set", Machine.InstructionSet, now.Machine.InstructionSet);
        Compare("threads", $"{Threads}", $"{now.Threads}");
        Compare("dtype of the weights", WeightsDtype, now.WeightsDtype);
        Compare("dtype of the arithmetic", ComputeDtype, now.ComputeDtype);
        return differences;
    }
}

/// <param name="Sha256">Over the module ids of the program's assemblies: a rebuild with the same sources has the same one.</param>
public sealed record ProgramIdentity(string Version, string Sha256);

/// <param name="InstructionSet">Widest vector set that the processor has: avx512, avx2, …</param>
public sealed record MachineDescription(string Host, string System, string Processor, string InstructionSet, int Cores, long MemoryBytes);
