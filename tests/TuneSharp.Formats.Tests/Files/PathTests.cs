using TuneSharp.Formats.Files;

namespace TuneSharp.Formats.Tests.Files;

public sealed class PathTests
{
    [Theory]
    [InlineData("run1")]
    [InlineData("我的模型")]
    [InlineData("Ünïcode-2_b")]
    [InlineData("हिन्दी")]
    [InlineData("7")]
    public void GoodNamesPass(string name) => SafeName.Check(name, "run name").ShouldBe(name);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a.b")]
    [InlineData("../x")]
    [InlineData("..\\x")]
    [InlineData("/etc/passwd")]
    [InlineData("C:x")]
    [InlineData("\\\\server\\share")]
    [InlineData("%2e%2e")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a b")]
    [InlineData("a ")]
    [InlineData("-rf")]
    [InlineData("a-")]
    [InlineData("_a")]
    [InlineData("CON")]
    [InlineData("Lpt1")]
    [InlineData("a\u200bb")]
    [InlineData("a\u202eb")]
    [InlineData("e\u0301")]
    [InlineData("か\u3099")]
    [InlineData("\u1112\u1161")]
    [InlineData("\ud800")]
    [InlineData("a$b")]
    [InlineData("a;b")]
    [InlineData("😀")]
    public void BadNamesAreRefused(string name) => Should.Throw<InvalidInputException>(() => SafeName.Check(name, "run name")).Message.ShouldStartWith("The run name ");

    [Fact]
    public void LengthIsLimitedInCharactersAndBytes()
    {
        SafeName.Check(new string('a', 100), "name");
        Should.Throw<InvalidInputException>(() => SafeName.Check(new string('a', 101), "name")).Message.ShouldContain("101");
        Should.Throw<InvalidInputException>(() => SafeName.Check(new string('中', 90), "name")).Message.ShouldContain("270 bytes");
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("a/../b")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("./a")]
    [InlineData("..\\x")]
    [InlineData("C:/x")]
    [InlineData("a\0")]
    [InlineData("a\r")]
    [InlineData("a./b")]
    [InlineData("a ")]
    [InlineData("")]
    public void PathsThatLeaveTheFolderAreRefused(string path)
    {
        using var folder = new TemporaryFolder();
        Should.Throw<InvalidInputException>(() => PathInside.Resolve(folder.Path, path));
    }

    [Fact]
    public void LinksMayPointInsideButNotOutNorInCircles()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["root"]);
        Directory.CreateDirectory(folder["root-evil"]);
        Directory.CreateDirectory(folder["root/real"]);
        Directory.CreateSymbolicLink(folder["root/in"], "real");
        Directory.CreateSymbolicLink(folder["root/out"], folder["root-evil"]);
        Directory.CreateSymbolicLink(folder["root/twice"], folder["root/out/x"]);
        Directory.CreateSymbolicLink(folder["root/circle"], folder["root/circle"]);
        string root = folder["root"];
        PathInside.Resolve(root, "in/new.txt").ShouldBe(Path.Combine(root, "in", "new.txt"));
        Should.Throw<InvalidInputException>(() => PathInside.Resolve(root, "out/x")).Message.ShouldContain("link");
        Should.Throw<InvalidInputException>(() => PathInside.Resolve(root, "twice")).Message.ShouldContain("link");
        Should.Throw<InvalidInputException>(() => PathInside.Resolve(root, "circle/x")).Message.ShouldContain("circle");
        Directory.CreateSymbolicLink(folder["alias"], root);
        PathInside.Resolve(folder["alias"], "in/x").ShouldEndWith("x"); // the root itself may be a link
    }

    [Fact]
    public void OnlyRegularFilesWithContentAreOpened()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["empty"], "");
        File.WriteAllText(folder["good"], "abc");
        File.CreateSymbolicLink(folder["link"], folder["good"]);
        File.CreateSymbolicLink(folder["deviceLink"], "/dev/zero");
        foreach (string bad in new[] { folder["empty"], folder["gone"], folder.Path, "/dev/zero", "/dev/random", "/proc/self/mem", folder["deviceLink"], "", "a\0b" })
            Should.Throw<InvalidInputException>(() => RegularFile.Open(bad), bad);
        RegularFile.ReadAll(folder["link"], 10).ShouldBe("abc"u8.ToArray());
        Should.Throw<InvalidInputException>(() => RegularFile.ReadAll(folder["good"], 2)).Message.ShouldContain("3 bytes");
    }

    [Fact(Timeout = 5_000)]
    public async Task APipeIsRefusedWithoutWaitingForAWriter()
    {
        using var folder = new TemporaryFolder();
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [folder["pipe"]])) await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Task.Run(() => Should.Throw<InvalidInputException>(() => RegularFile.Open(folder["pipe"])).Message.ShouldContain("no regular file"), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void TooLittleSpaceIsSaidBeforeTheWorkStarts()
    {
        using var folder = new TemporaryFolder();
        FreeSpace.Require(folder["not/yet/there"], 1, "The checkpoints");
        Should.Throw<InvalidInputException>(() => FreeSpace.Require(folder.Path, long.MaxValue, "The checkpoints")).Message.ShouldContain("The checkpoints need");
    }
}
