using System.Text.Json;

namespace TuneSharp.Architecture.Tests;

/// <summary>Rules of CONTRIBUTING.md that a machine can hold.</summary>
public sealed class SourceTests
{
    private const int HardLineLimit = 600;
    private static readonly string[] VagueNames = ["Utils", "Util", "Helper", "Helpers", "Manager", "Common", "Misc"];

    [Fact]
    public void No_file_is_longer_than_600_lines()
    {
        var tooLong = from top in (string[])["src", "tests", "bench"]
                      from file in Repository.SourceFiles(top)
                      let lines = File.ReadLines(file).Count()
                      where lines > HardLineLimit
                      select $"{Path.GetRelativePath(Repository.Root, file)}: {lines} lines";
        tooLong.ShouldBeEmpty();
    }

    [Fact]
    public void Names_say_what_is_inside()
    {
        Repository.SourceFiles("src")
            .Where(f => VagueNames.Any(v => Path.GetFileNameWithoutExtension(f).EndsWith(v, StringComparison.Ordinal) || Path.GetDirectoryName(f)!.Split(Path.DirectorySeparatorChar).Contains(v)))
            .ShouldBeEmpty();
    }

    [Fact]
    public void Folders_are_at_most_four_deep()
    {
        string src = Path.Combine(Repository.Root, "src");
        Repository.SourceFiles("src")
            .Where(f => Path.GetDirectoryName(Path.GetRelativePath(src, f))!.Split(Path.DirectorySeparatorChar).Length > 4)
            .ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_is_left_for_later()
    {
        string[] marks = ["TO" + "DO", "FIX" + "ME", "HA" + "CK:", "NotImplemented" + "Exception"];
        var left = from top in (string[])["src", "tests", "bench"]
                   from file in Repository.SourceFiles(top)
                   let text = File.ReadAllText(file)
                   where marks.Any(m => text.Contains(m, StringComparison.Ordinal))
                   select Path.GetRelativePath(Repository.Root, file);
        left.ShouldBeEmpty();
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Root, "TuneSharp.slnx"));
        foreach (string top in (string[])["src", "tests", "bench"])
        {
            foreach (string project in Directory.GetFiles(Path.Combine(Repository.Root, top), "*.csproj", SearchOption.AllDirectories))
                solution.ShouldContain(Path.GetRelativePath(Repository.Root, project).Replace('\\', '/'));
        }
    }

    [Fact]
    public void Versions_stand_in_one_place()
    {
        foreach (string project in Directory.GetFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories))
            File.ReadAllText(project).ShouldNotContain(" Version=\"", Case.Sensitive, project);
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "global.json"))).RootElement.GetProperty("sdk").GetProperty("version").GetString().ShouldBe("10.0.100");
    }

    [Fact]
    public void Native_libraries_lie_in_no_output_folder()
    {
        // 490 MB a project otherwise: see docs/adr/0001.
        var natives = from top in (string[])["src", "tests", "bench"]
                      from bin in Directory.GetDirectories(Path.Combine(Repository.Root, top), "bin", SearchOption.AllDirectories)
                      from file in Directory.GetFiles(bin, "*.so*", SearchOption.AllDirectories)
                      where Path.GetFileName(file).Contains("torch", StringComparison.OrdinalIgnoreCase) || Path.GetFileName(file).StartsWith("libc10", StringComparison.Ordinal)
                      select file;
        natives.ShouldBeEmpty();
    }

    [Fact]
    public void Large_files_are_the_ones_we_decided_on()
    {
        IReadOnlyList<string>? tracked = Repository.TrackedFiles();
        if (tracked is null) Assert.Skip("not a git checkout");
        long fixtures = 0;
        foreach (string file in tracked)
        {
            string path = Path.Combine(Repository.Root, file);
            if (!File.Exists(path)) continue;
            long bytes = new FileInfo(path).Length;
            if (file.StartsWith("tests/fixtures/", StringComparison.Ordinal)) fixtures += bytes;
            else if (!file.StartsWith("models/", StringComparison.Ordinal)) bytes.ShouldBeLessThan(1 << 20, file);
            else bytes.ShouldBeLessThanOrEqualTo(16 << 20, file);
        }
        fixtures.ShouldBeLessThanOrEqualTo(20L << 20);
    }
}
