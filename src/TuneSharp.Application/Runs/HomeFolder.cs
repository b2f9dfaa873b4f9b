using TuneSharp.Formats;

namespace TuneSharp.Application.Runs;

/// <summary>
/// The folder that holds everything a person makes with this program: <c>runs/</c>, <c>models/</c>, <c>datasets/</c>.
/// </summary>
public sealed class HomeFolder
{
    public HomeFolder(string path) => Path = System.IO.Path.GetFullPath(path);

    public string Path { get; }

    public string Runs => System.IO.Path.Combine(Path, "runs");

    public string Models => System.IO.Path.Combine(Path, "models");

    public string Datasets => System.IO.Path.Combine(Path, "datasets");

    /// <summary>What can be made again: prepared datasets.</summary>
    public string Cache => System.IO.Path.Combine(Path, "cache");

    /// <summary>The home that a run lies in.</summary>
    public static HomeFolder Of(RunFolder run) => new(System.IO.Path.GetFullPath(System.IO.Path.Combine(run.Path, "..", "..")));

    /// <summary>The option wins over the environment variable <c>TUNESHARP_HOME</c>, which wins over the user's data folder.</summary>
    /// <param name="option">Value of <c>--home</c>; null if it was not given.</param>
    /// <param name="environmentVariable">Value of <c>TUNESHARP_HOME</c> as the host read it.</param>
    public static HomeFolder Resolve(string? option, string? environmentVariable)
    {
        if (!string.IsNullOrWhiteSpace(option)) return new HomeFolder(option);
        if (!string.IsNullOrWhiteSpace(environmentVariable)) return new HomeFolder(environmentVariable);
        string data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        if (data.Length == 0)
            throw new InvalidInputException("This user has no data folder.", null, "Set TUNESHARP_HOME or give --home FOLDER.");
        return new HomeFolder(System.IO.Path.Combine(data, "tunesharp"));
    }
}
