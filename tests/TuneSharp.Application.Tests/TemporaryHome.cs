using TuneSharp.Application.Runs;

namespace TuneSharp.Application.Tests;

/// <summary>A home folder of its own for one test; gone afterwards.</summary>
public sealed class TemporaryHome : IDisposable
{
    public HomeFolder Home { get; } = new(Directory.CreateTempSubdirectory("tunesharp-test-").FullName);

    public RunFolder NewRun(TimeProvider clock, string? id = "test") => RunFolder.Create(Home, id, "lora", clock, folder =>
    {
        File.WriteAllText(Path.Combine(folder, "recipe.yaml"), "");
        File.WriteAllText(Path.Combine(folder, "recipe.resolved.yaml"), "");
        RunStatus.New(RunKind.FineTune, clock).Write(Path.Combine(folder, "state.json"));
    });

    public void Dispose() => Directory.Delete(Home.Path, recursive: true);
}

/// <summary>A list of processes that the test makes up.</summary>
internal sealed class FakeProcesses(string host, int pid) : IProcessTable
{
    public HashSet<ProcessIdentity> Dead { get; } = [];

    public ProcessIdentity Current { get; } = new(host, "boot", pid, 1000 + pid);

    public ProcessPresence Look(ProcessIdentity process) =>
        process.Host != host ? ProcessPresence.Elsewhere : Dead.Contains(process) ? ProcessPresence.Dead : ProcessPresence.Alive;
}
