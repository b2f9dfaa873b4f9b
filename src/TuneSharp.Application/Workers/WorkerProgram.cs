using TuneSharp.Formats;

namespace TuneSharp.Application.Workers;

/// <summary>How this program starts itself once more: the file to run and the arguments before <c>worker</c>.</summary>
public sealed record WorkerProgram(string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>The program that runs now: its own executable, or <c>dotnet tunesharp.dll</c>.</summary>
    /// <param name="assemblyPath">Path of the host's assembly, used when the process is <c>dotnet</c> itself.</param>
    public static WorkerProgram Own(string assemblyPath)
    {
        string process = Environment.ProcessPath ?? throw new InvalidInputException("The system does not say where this program lies, so no worker can be started.");
        return string.Equals(Path.GetFileNameWithoutExtension(process), "dotnet", StringComparison.OrdinalIgnoreCase)
            ? new WorkerProgram(process, [assemblyPath])
            : new WorkerProgram(process, []);
    }
}
