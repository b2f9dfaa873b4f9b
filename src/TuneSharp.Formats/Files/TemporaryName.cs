namespace TuneSharp.Formats.Files;

/// <summary>
/// Names of what is not finished yet: beside the target, so that the rename stays on one file system; unique among processes;
/// recognisable, so that a later start can remove what a killed process has left.
/// </summary>
internal static class TemporaryName
{
    private const string Mark = ".tmp-";
    private const string AsideMark = ".old-";
    private static int counter;

    public static string For(string path) => $"{path}{Mark}{Environment.ProcessId}-{Interlocked.Increment(ref counter)}";

    /// <summary>Where an old folder waits while the new one takes its name.</summary>
    public static string Aside(string path) => $"{path}{AsideMark}{Environment.ProcessId}-{Interlocked.Increment(ref counter)}";

    public static bool Is(string path) => HasMark(path, Mark, out _);

    /// <summary>The name that a folder set aside had before.</summary>
    public static bool IsAside(string path, out string original) => HasMark(path, AsideMark, out original);

    private static bool HasMark(string path, string mark, out string before)
    {
        int at = Path.GetFileName(path).LastIndexOf(mark, StringComparison.Ordinal);
        before = path;
        if (at <= 0) return false;
        string[] numbers = Path.GetFileName(path)[(at + mark.Length)..].Split('-');
        before = Path.Combine(Path.GetDirectoryName(path) ?? "", Path.GetFileName(path)[..at]);
        return numbers.Length == 2 && numbers.All(number => number.Length > 0 && number.All(char.IsAsciiDigit));
    }
}
