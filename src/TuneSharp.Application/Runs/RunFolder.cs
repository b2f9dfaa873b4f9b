using TuneSharp.Formats;
using TuneSharp.Formats.Files;

namespace TuneSharp.Application.Runs;

/// <summary>One run = one folder below <c>runs/</c>. The names of what lies in it; docs/run-folder.md describes each.</summary>
public sealed class RunFolder
{
    private RunFolder(string path) => Path = path;

    public string Path { get; }

    public string Id => System.IO.Path.GetFileName(Path);

    public string Recipe => In("recipe.yaml");

    public string ResolvedRecipe => In("recipe.resolved.yaml");

    public string Manifest => In("manifest.json");

    public string Events => In("events.jsonl");

    public string State => In("state.json");

    public string Lock => In("lock");

    public string LockGuard => In("lock.guard");

    public string Heartbeat => In("heartbeat");

    public string Requests => In("requests");

    public string Checkpoints => In("checkpoints");

    public string Adapter => In("adapter");

    public string Model => In("model");

    /// <summary>What was measured of the result, once it was.</summary>
    public string Evaluation => In("evaluation.json");

    /// <summary>The run for a person to read, in one file.</summary>
    public string Report => In("report.html");

    public string WorkerLog => In("worker.log");

    /// <summary>Opens a run by its name below <paramref name="home"/>, or by the path of its folder.</summary>
    public static RunFolder Open(HomeFolder home, string nameOrPath)
    {
        bool isPath = nameOrPath.Contains('/') || nameOrPath.Contains('\\');
        if (isPath) return OpenPath(nameOrPath);
        string path = System.IO.Path.Combine(home.Runs, SafeName.Check(nameOrPath, "run name"));
        if (!Directory.Exists(path))
        {
            string? nearest = NearestName.Find(nameOrPath, ListIds(home));
            throw new InvalidInputException($"There is no run named '{nameOrPath}'.", home.Runs,
                nearest is null ? "`tunesharp runs list` shows the runs there are." : $"Did you mean '{nearest}'?");
        }

        return OpenPath(path);
    }

    /// <summary>Opens the folder of a run; it must hold a resolved recipe.</summary>
    public static RunFolder OpenPath(string path)
    {
        var run = new RunFolder(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path)));
        if (!Directory.Exists(run.Path)) throw new InvalidInputException("There is no such run folder.", path);
        if (!File.Exists(run.ResolvedRecipe))
            throw new InvalidInputException("This folder is not a run: it has no recipe.resolved.yaml.", path);
        return run;
    }

    public static bool IsRun(string path) => Directory.Exists(path) && File.Exists(System.IO.Path.Combine(path, "recipe.resolved.yaml"));

    public static IReadOnlyList<string> ListIds(HomeFolder home) => Directory.Exists(home.Runs)
        ? [.. Directory.EnumerateDirectories(home.Runs).Where(IsRun).Select(path => System.IO.Path.GetFileName(path)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>
    /// Makes a run folder that appears complete or not at all: it is filled under a temporary name and renamed.
    /// </summary>
    /// <param name="id">Name of the run; null lets the clock name it: <c>20261125-153012-lora</c>.</param>
    /// <param name="label">Last part of a name that the clock gives.</param>
    /// <param name="fill">Writes the first files below the path that it is given.</param>
    public static RunFolder Create(HomeFolder home, string? id, string label, TimeProvider clock, Action<string> fill)
    {
        if (id is not null) SafeName.Check(id, "run name");
        Directory.CreateDirectory(home.Runs);
        string temporary = System.IO.Path.Combine(home.Runs, $".new-{Guid.NewGuid():N}");
        Directory.CreateDirectory(temporary);
        try
        {
            Directory.CreateDirectory(System.IO.Path.Combine(temporary, "requests"));
            fill(temporary);
            return new RunFolder(id is not null ? Claim(home, temporary, id) : ClaimByClock(home, temporary, label, clock));
        }
        catch
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
            throw;
        }
    }

    private static string Claim(HomeFolder home, string temporary, string id)
    {
        string path = System.IO.Path.Combine(home.Runs, id);
        if (!TryMove(temporary, path))
            throw new InvalidInputException($"There is already a run named '{id}'; nothing was written over.", home.Runs,
                $"Give another run_name, or go on with the old one: `tunesharp resume {id}`.");
        return path;
    }

    private static string ClaimByClock(HomeFolder home, string temporary, string label, TimeProvider clock)
    {
        string stem = $"{clock.GetLocalNow():yyyyMMdd-HHmmss}-{label}";
        for (int number = 1; ; number++)
        {
            string path = System.IO.Path.Combine(home.Runs, number == 1 ? stem : $"{stem}-{number}");
            if (TryMove(temporary, path)) return path;
        }
    }

    private static bool TryMove(string from, string to)
    {
        if (Directory.Exists(to) || File.Exists(to)) return false;
        try
        {
            Directory.Move(from, to);
            return true;
        }
        catch (IOException) when (Directory.Exists(to))
        {
            return false; // another process took the name between the look and the rename
        }
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
