using System.Diagnostics;
using System.Xml.Linq;

namespace TuneSharp.Architecture.Tests;

/// <summary>The checkout under test: its projects, references and source files.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Project name without the prefix → names it references, for everything below <c>src</c>.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> References { get; } = Directory
        .GetFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories)
        .ToDictionary(Name, path => (IReadOnlyList<string>)[.. XDocument.Load(path).Descendants("ProjectReference").Select(r => Name(r.Attribute("Include")!.Value))], StringComparer.Ordinal);

    /// <summary>Source files that people wrote, below one of the top folders.</summary>
    public static IEnumerable<string> SourceFiles(string top) => Directory
        .GetFiles(Path.Combine(Root, top), "*.cs", SearchOption.AllDirectories)
        .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}") && !f.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}") && !f.EndsWith(".Generated.cs", StringComparison.Ordinal));

    /// <summary>Files that git tracks; null outside a checkout.</summary>
    public static IReadOnlyList<string>? TrackedFiles()
    {
        var start = new ProcessStartInfo("git") { WorkingDirectory = Root, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("ls-files");
        try
        {
            using Process git = Process.Start(start)!;
            string text = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0 ? text.Split('\n', StringSplitOptions.RemoveEmptyEntries) : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static string Name(string path) => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')).Replace("TuneSharp.", "", StringComparison.Ordinal);

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "TuneSharp.slnx"))) return at.FullName;
        throw new DirectoryNotFoundException("TuneSharp.slnx is in none of the folders above " + AppContext.BaseDirectory + ".");
    }
}
