using TuneSharp.Formats.Errors;

namespace TuneSharp.Formats.Files;

/// <summary>The one place where a relative path from outside becomes a path on disk.</summary>
public static class PathInside
{
    private const int MaxLength = 1024;
    private const int MaxLinks = 40; // as Linux

    /// <summary>
    /// The full path of <paramref name="relative"/> below <paramref name="root"/>. Parts are separated by '/'; none may be
    /// empty, ".", "..", hold a backslash, colon or control character, or end with a dot or space; a link on the way may not
    /// lead out of the root.
    /// </summary>
    /// <exception cref="InvalidInputException">Names the path and the rule.</exception>
    public static string Resolve(string root, string relative)
    {
        CheckParts(relative);
        string fullRoot = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        string full = Path.GetFullPath(Path.Combine(fullRoot, relative));
        if (!IsBelow(full, fullRoot)) throw Bad(relative, "It leads out of the folder that it belongs to.");
        if (!IsBelow(RealPath(full), RealPath(fullRoot))) throw Bad(relative, "A link on the way leads out of the folder that it belongs to.");
        return full;
    }

    private static void CheckParts(string relative)
    {
        if (relative.Length is 0 or > MaxLength) throw Bad(relative, $"A path has 1 to {MaxLength} characters.");
        if (relative.AsSpan().IndexOfAny('\\', ':') >= 0) throw Bad(relative, "It must not contain '\\' or ':'.");
        if (relative.Any(char.IsControl)) throw Bad(relative, "It contains a control character.");
        foreach (string part in relative.Split('/'))
        {
            if (part.Length == 0) throw Bad(relative, "It must be relative, without a part that is empty.");
            if (part is "." or "..") throw Bad(relative, "It must not contain '.' or '..' as a part.");
            if (part[^1] is '.' or ' ') throw Bad(relative, "A part must not end with a dot or a space.");
        }
    }

    /// <summary>The path with every link on the way followed; parts that do not exist stay as they are.</summary>
    private static string RealPath(string path)
    {
        int followed = 0;
        string root = Path.GetPathRoot(path)!, real = root;
        var parts = new Stack<string>(path[root.Length..].Split(Path.DirectorySeparatorChar).Reverse());
        while (parts.TryPop(out string? part))
        {
            string next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }
            if (++followed > MaxLinks) throw new InvalidInputException("The links on this path lead in a circle.", path, "Remove them.");
            string resolved = Path.GetFullPath(Path.Combine(real, target));
            foreach (string below in resolved[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse()) parts.Push(below);
            real = root;
        }
        return real;
    }

    // With the separator: "/srv/models-evil" is not below "/srv/models".
    private static bool IsBelow(string path, string root) => path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static InvalidInputException Bad(string relative, string rule) => new($"The path {Quoted.Text(relative)} cannot be used. {rule}", null, "Choose a plain name.");
}
