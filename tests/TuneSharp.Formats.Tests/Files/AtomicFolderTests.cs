using TuneSharp.Formats.Files;

namespace TuneSharp.Formats.Tests.Files;

public sealed class AtomicFolderTests
{
    private static void Fill(string path, string text)
    {
        AtomicFile.WriteText(Path.Combine(path, "a.txt"), text);
        Directory.CreateDirectory(Path.Combine(path, "sub"));
        File.WriteAllText(Path.Combine(path, "sub", "b.txt"), text + text);
    }

    [Fact]
    public void TheFolderIsCompleteAndVerified()
    {
        using var folder = new TemporaryFolder();
        AtomicFolder.Write(folder["c"], path => Fill(path, "x"));
        AtomicFolder.IsComplete(folder["c"]).ShouldBeTrue();
        AtomicFolder.Verify(folder["c"]);
        File.ReadAllText(folder["c/manifest.json"]).ShouldContain("\"sub/b.txt\"");
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([folder["c"]]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhicheverCallFailsTheOldFolderStaysWholeAndNothingRemains(bool replace)
    {
        using var folder = new TemporaryFolder();
        int failures = 0;
        for (int n = 1; ; n++)
        {
            string target = folder[$"c{n}"];
            if (replace) AtomicFolder.Write(target, path => Fill(path, "old"));
            var disk = new FailingDisk(n);
            using (SaveDisk.Replace(disk))
            {
                try { AtomicFolder.Write(target, path => Fill(path, "new"), replace); }
                catch (SaveFailedException e)
                {
                    failures++;
                    e.Where.ShouldBe(target);
                    if (!replace && !e.InPlace) Directory.Exists(target).ShouldBeFalse();
                    else { File.ReadAllText(Path.Combine(target, "a.txt")).ShouldBe(e.InPlace ? "new" : "old"); AtomicFolder.Verify(target); }
                }
            }
            AtomicFolder.RemoveRemains(folder.Path); // an old folder whose deletion failed
            Directory.GetFileSystemEntries(folder.Path).ShouldBe(Directory.Exists(target) ? [target] : []);
            if (!disk.Failed) break;
            if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
        }
        failures.ShouldBeGreaterThan(12);
    }

    [Fact]
    public void AnExistingFolderIsNotWrittenOver()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["c"]);
        Should.Throw<InvalidInputException>(() => AtomicFolder.Write(folder["c"], path => Fill(path, "x"))).Message.ShouldContain("exists already");
        Directory.GetFileSystemEntries(folder["c"]).ShouldBeEmpty();
    }

    [Fact]
    public void AChangedCutOrMissingFileIsNamed()
    {
        using var folder = new TemporaryFolder();
        AtomicFolder.Write(folder["c"], path => Fill(path, "x"));
        File.WriteAllText(folder["c/sub/b.txt"], "xy");
        AtomicFolder.IsComplete(folder["c"]).ShouldBeTrue(); // same length: only the content shows it
        Should.Throw<InvalidInputException>(() => AtomicFolder.Verify(folder["c"])).Message.ShouldContain("'sub/b.txt' has another content");
        File.WriteAllText(folder["c/sub/b.txt"], "x");
        AtomicFolder.IsComplete(folder["c"]).ShouldBeFalse();
        Should.Throw<InvalidInputException>(() => AtomicFolder.Verify(folder["c"])).Message.ShouldContain("1 bytes");
        File.Delete(folder["c/sub/b.txt"]);
        Should.Throw<InvalidInputException>(() => AtomicFolder.Verify(folder["c"])).Message.ShouldContain("is missing");
        File.Delete(folder["c/manifest.json"]);
        Should.Throw<InvalidInputException>(() => AtomicFolder.Verify(folder["c"])).Message.ShouldContain("never finished");
    }

    [Fact]
    public void AManifestCannotNameFilesOutside()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["c"]);
        File.WriteAllText(folder["c/manifest.json"], """{"version":1,"files":{"../../etc/passwd":{"bytes":1,"sha256":""}}}""");
        Should.Throw<InvalidInputException>(() => AtomicFolder.Verify(folder["c"])).Message.ShouldContain("'..'");
    }

    [Fact]
    public void RemainsOfAKilledProcessVanishAndAFolderSetAsideComesBack()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["c.tmp-123-1"]);
        Directory.CreateDirectory(folder["d.old-123-2"]);
        File.WriteAllText(folder["d.old-123-2/x"], "kept");
        File.WriteAllText(folder["f.json.tmp-9-9"], "half");
        Directory.CreateDirectory(folder["notes.tmp-mine"]);
        AtomicFolder.RemoveRemains(folder.Path);
        Directory.GetFileSystemEntries(folder.Path).Order().ShouldBe([folder["d"], folder["notes.tmp-mine"]]);
        File.ReadAllText(folder["d/x"]).ShouldBe("kept");
    }
}
