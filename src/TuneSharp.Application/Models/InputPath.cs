using TuneSharp.Formats;

namespace TuneSharp.Application.Models;

/// <summary>
/// Paths in recipes and on the command line: relative to the working folder or, if nothing is there, to the recipe's folder.
/// </summary>
internal static class InputPath
{
    public static bool LooksLikePath(string text) => text.Contains('/') || text.Contains('\\') || text is "." or "..";

    public static string Resolve(string path, string? relativeTo)
    {
        if (path.Contains('\0')) throw new InvalidInputException("A path cannot hold the character NUL.");
        string here = Path.GetFullPath(path);
        if (relativeTo is null || Path.IsPathRooted(path) || Path.Exists(here)) return here;
        string there = Path.GetFullPath(Path.Combine(relativeTo, path));
        return Path.Exists(there) ? there : here;
    }
}
