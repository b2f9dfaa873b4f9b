using System.Diagnostics;

namespace TuneSharp.Cli.Tests;

/// <summary>Help and everything that reads files only: quick, in both languages, without libtorch.</summary>
public sealed class HelpTests(TinyWorld world)
{
    private readonly Cli _cli = new(world);

    public static TheoryData<string> Commands => ["quickstart", "train", "resume", "runs", "eval", "chat", "data check", "data show", "pretrain", "compare", "model import", "model inspect", "doctor", "settings"];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_OfEachCommand_HasUsageAndOptions(string command)
    {
        CliResult help = await _cli.RunAsync([.. command.Split(' '), "--help"]);
        help.ExitCode.ShouldBe(0, help.ToString());
        help.Out.ShouldContain($"Usage: tunesharp {command}");
        help.Out.ShouldContain("--home");
        if (!command.StartsWith("runs ", StringComparison.Ordinal)) help.Out.ShouldContain("Examples:");
        help.Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task WithoutLibtorch_EverythingThatOnlyReadsWorks()
    {
        // A folder without libtorch in the place of libtorch: whoever touched it would fail.
        string nothing = Directory.CreateDirectory(world.PathOf("no-torch")).FullName;
        foreach (string[] arguments in (string[][])[["--help"], ["train", "--help"], ["--version"], ["settings"], ["settings", "r"], ["runs", "list"], ["model", "inspect", world.Model], ["data", "check", world.Data, "--model", world.Model], ["data", "show", world.Data, "--model", world.Model]])
        {
            CliResult result = await _cli.RunWithoutTorchAsync(nothing, arguments);
            result.ExitCode.ShouldBe(0, string.Join(' ', arguments) + result);
        }

        CliResult doctor = await _cli.RunWithoutTorchAsync(nothing, ["doctor"]);
        doctor.ExitCode.ShouldBe(1);
        doctor.Error.ShouldContain("libc10.so");
        doctor.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Chinese_ByOptionOrByLang()
    {
        CliResult help = await _cli.RunAsync("train", "--help", "--lang", "zh");
        help.Out.ShouldContain("用法");
        help.Out.ShouldContain("学习率");
        (await _cli.RunAsync("runs", "list", "--lang=zh", "--home", world.PathOf("empty-home"))).Out.ShouldContain("还没有运行");
    }

    [Fact]
    public async Task DataShow_EveryTokenWithItsLabel()
    {
        CliResult show = await _cli.RunAsync("data", "show", world.Data, "--row", "1", "--model", world.Model);
        show.Out.ShouldContain("tokens,");
        show.Out.Split('\n').Count(line => line.Contains("  +  ", StringComparison.Ordinal)).ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Help_Time_IsSaid()
    {
        var times = new List<double>();
        for (int i = 0; i < 3; i++)
        {
            long start = Stopwatch.GetTimestamp();
            (await _cli.RunAsync("--help")).ExitCode.ShouldBe(0);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"--help took {times.Min():0} ms at best (goal: below 300 ms on an idle machine).");
        times.Min().ShouldBeLessThan(10_000);
    }
}
