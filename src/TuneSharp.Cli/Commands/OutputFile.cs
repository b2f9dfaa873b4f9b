using TuneSharp.Formats;

namespace TuneSharp.Cli.Commands;

/// <summary>Files that a person names for results: looked at before work starts, so that nothing is written over and no work is lost.</summary>
internal static class OutputFile
{
    /// <exception cref="InvalidInputException">There is such a file already, or no such folder.</exception>
    public static void RefuseExisting(params string?[] paths)
    {
        foreach (string path in paths.OfType<string>())
        {
            if (Path.Exists(path)) throw new InvalidInputException("There is a file with that name already; it is not written over.", path, "Give another name, or remove the file.");
            string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
            if (!Directory.Exists(folder)) throw new InvalidInputException("The folder for the result does not exist.", folder, "Make it first, or give another path.");
        }
    }
}
