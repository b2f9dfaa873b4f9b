using Microsoft.Extensions.Time.Testing;
using TuneSharp.Application.Runs;
using TuneSharp.Formats;

namespace TuneSharp.Application.Tests.Runs;

public sealed class RunFolderTests : IDisposable
{
    private readonly TemporaryHome _temporary = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("../a")]
    [InlineData("a/b")]
    [InlineData(@"a\b")]
    [InlineData("/tmp/x")]
    [InlineData("-x")]
    [InlineData("con")]
    [InlineData("a\nb")]
    [InlineData("a ")]
    public void Create_NameThatIsAPathOrNotSafe_IsRefusedAndNothingIsMade(string id)
    {
        Should.Throw<InvalidInputException>(() => _temporary.NewRun(_clock, id));
        Directory.GetFileSystemEntries(_temporary.Home.Path, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public void Create_NameTaken_NothingIsWrittenOver()
    {
        RunFolder run = _temporary.NewRun(_clock, "first");
        File.WriteAllText(run.Recipe, "mine");
        Should.Throw<InvalidInputException>(() => _temporary.NewRun(_clock, "first")).Message.ShouldContain("resume first");
        File.ReadAllText(run.Recipe).ShouldBe("mine");
        Directory.GetDirectories(_temporary.Home.Runs).Length.ShouldBe(1);
    }

    [Fact]
    public void Create_WithoutAName_TheClockNamesItAndTwoNeverCollide()
    {
        string first = _temporary.NewRun(_clock, null).Id, second = _temporary.NewRun(_clock, null).Id;
        first.ShouldEndWith("-lora");
        second.ShouldBe(first + "-2");
    }

    [Fact]
    public void Create_FillFails_LeavesNothing()
    {
        Should.Throw<IOException>(() => RunFolder.Create(_temporary.Home, "x", "lora", _clock, _ => throw new IOException("disk full")));
        Directory.GetFileSystemEntries(_temporary.Home.Runs).ShouldBeEmpty();
    }

    [Fact]
    public void Open_UnknownName_NamesTheNearest()
    {
        _temporary.NewRun(_clock, "summaries");
        Should.Throw<InvalidInputException>(() => RunFolder.Open(_temporary.Home, "sumaries")).Message.ShouldContain("'summaries'");
        RunFolder.Open(_temporary.Home, "summaries").Id.ShouldBe("summaries");
        RunFolder.ListIds(_temporary.Home).ShouldBe(["summaries"]);
    }

    [Fact]
    public void HomeFolder_OptionWinsOverVariableWinsOverDataFolder()
    {
        HomeFolder.Resolve("/a", "/b").Runs.ShouldBe("/a/runs");
        HomeFolder.Resolve(null, "/b").Models.ShouldBe("/b/models");
        HomeFolder.Resolve(null, null).Path.ShouldEndWith("tunesharp");
    }
}
