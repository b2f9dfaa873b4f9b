using TuneSharp.Formats;

namespace TuneSharp.Application.Runs;

/// <summary>The first files of a run folder, whatever kind of run it is.</summary>
internal static class NewRun
{
    public const string Heading = "Every setting of this run. The run goes by this file; changing it makes another run.";

    /// <exception cref="InvalidInputException">There is a run with that name.</exception>
    public static void RefuseTakenName(HomeFolder home, string? name)
    {
        if (name is null || !Directory.Exists(Path.Combine(home.Runs, name))) return;
        throw new InvalidInputException($"There is already a run named '{name}'; nothing was written over.", home.Runs, $"Give another run_name, or go on with the old one: `tunesharp resume {name}`.");
    }

    /// <param name="recipePath">Copied as it is; null if there was none.</param>
    /// <param name="resolved">Text of recipe.resolved.yaml.</param>
    public static RunFolder Create(HomeFolder home, TimeProvider clock, RunKind kind, string? name, string label, string? recipePath, string resolved) =>
        RunFolder.Create(home, name, label, clock, folder =>
        {
            File.WriteAllText(Path.Combine(folder, "recipe.yaml"), recipePath is null ? "# Started without a recipe file.\n" : File.ReadAllText(recipePath));
            File.WriteAllText(Path.Combine(folder, "recipe.resolved.yaml"), resolved);
            RunStatus.New(kind, clock).Write(Path.Combine(folder, "state.json"));
        });
}
