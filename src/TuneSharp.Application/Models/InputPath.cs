using TuneSharp.Formats;

namespace TuneSharp.Application.Models;

/// <summary>
/// Paths in recipes and on the command line: relative to the working folder or, if nothing is there, to the recipe's folder or
/// to the program's own, which holds the models and data that come with it: its recipes then work from anywhere.
/// </summary>
internal static class InputPath
{
    public static bool LooksLikePath(string text) => text.Contains('/') || text.Contains('\\') || text is "." or "..";

    public static string Resolve(string path, string? relativeTo)
    {
        if (path.Contains('\0')) throw new InvalidInputException("A path cannot hold the character NUL.");
        string here = Path.GetFullPath(path);
        if (Path.IsPathRooted(path) || Path.Exists(here)) return here;
        foreach (string? folder in (ReadOnlySpan<string?>)[relativeTo, AppContext.BaseDirectory])
            if (folder is not null && Path.GetFullPath(Path.Combine(folder, path)) is var there && Path.Exists(there)) return there;
        return here;
    }
}
