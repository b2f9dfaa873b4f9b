using TuneSharp.Formats.Files;

namespace TuneSharp.Formats.Tests.Files;

public sealed class AtomicFileTests
{
    [Fact]
    public void NewContentReplacesOldAndNothingElseStays()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["a.txt"], "old");
        AtomicFile.WriteText(folder["a.txt"], "新的");
        File.ReadAllBytes(folder["a.txt"]).ShouldBe("新的"u8.ToArray());
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([folder["a.txt"]]);
    }

    [Fact]
    public void WhicheverCallFailsTheOldContentStaysWholeAndNoTemporaryFileRemains()
    {
        using var folder = new TemporaryFolder();
        int failures = 0;
        for (int n = 1; ; n++)
        {
            File.WriteAllText(folder["a.txt"], "old");
            var disk = new FailingDisk(n);
            using (SaveDisk.Replace(disk))
            {
                try
                {
                    AtomicFile.Write(folder["a.txt"], stream => { stream.Write("new "u8); stream.Write("content"u8); });
                }
                catch (SaveFailedException e)
                {
                    e.Message.ShouldContain("No space left on device.");
                    e.Message.ShouldContain("a.txt");
                    File.ReadAllText(folder["a.txt"]).ShouldBe(e.InPlace ? "new content" : "old");
                    failures++;
                }
            }
            Directory.GetFileSystemEntries(folder.Path).ShouldBe([folder["a.txt"]]);
            if (disk.Failed) continue;
            File.ReadAllText(folder["a.txt"]).ShouldBe("new content");
            break;
        }
        failures.ShouldBe(6); // create, two writes, flush, rename, flush of the folder
    }

    [Fact]
    public void ADefectOfTheWriterLeavesTheOldFile()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a.txt"], "old");
        Should.Throw<ArithmeticException>(() => AtomicFile.Write(folder["a.txt"], stream => { stream.WriteByte(1); throw new ArithmeticException(); }));
        File.ReadAllText(folder["a.txt"]).ShouldBe("old");
        Directory.GetFileSystemEntries(folder.Path).ShouldHaveSingleItem();
    }

    [Fact]
    public void AFolderInTheWayOrNoFolderAtAllIsSaidInASentence()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["sub"]);
        Should.Throw<InvalidInputException>(() => AtomicFile.WriteText(folder["sub"], "x")).Message.ShouldContain("folder of this name");
        Should.Throw<SaveFailedException>(() => AtomicFile.WriteText(folder["gone/a.txt"], "x")).Message.ShouldContain("could not be saved");
    }

    [Fact]
    public void ManyWritersAtOnceLeaveOneOfTheirTexts()
    {
        using var folder = new TemporaryFolder();
        Parallel.For(0, 32, i => AtomicFile.WriteText(folder["a.txt"], new string((char)('a' + i % 8), 4000)));
        File.ReadAllText(folder["a.txt"]).Distinct().ShouldHaveSingleItem();
        Directory.GetFileSystemEntries(folder.Path).ShouldHaveSingleItem();
    }
}
