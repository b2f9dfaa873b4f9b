using System.Diagnostics;
using TuneSharp.Formats;
using TuneSharp.Nn.Runtime;

namespace TuneSharp.Nn.Tests.RuntimeTests;

/// <summary>libtorch from one place on disk.</summary>
public sealed class TorchRuntimeTests
{
    private const string ChildKey = "TUNESHARP_TEST_CHILD";

    [Fact]
    public void Loads_from_one_folder()
    {
        string folder = TorchRuntime.EnsureLoaded();
        File.Exists(Path.Combine(folder, "libtorch_cpu.so")).ShouldBeTrue();
        TorchRuntime.EnsureLoaded().ShouldBe(folder);
        using TorchSharp.torch.Tensor two = TorchSharp.torch.ones(2);
        two.numel().ShouldBe(2);
    }

    [Fact]
    public void No_output_folder_holds_a_copy_of_the_native_files()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "TuneSharp.slnx"))) root = root.Parent;
        Assert.SkipWhen(root is null, "not within a checkout");
        string[] natives = [.. new[] { "src", "tests", "bench" }.Select(part => Path.Combine(root.FullName, part)).Where(Directory.Exists)
            .SelectMany(part => Directory.EnumerateFiles(part, "*.so*", SearchOption.AllDirectories))
            .Where(file => file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/publish/", StringComparison.Ordinal))
            .Where(file => Path.GetFileName(file) is var name && (name.StartsWith("libtorch", StringComparison.Ordinal) || name.StartsWith("libc10", StringComparison.Ordinal)
                || name.StartsWith("libgomp", StringComparison.Ordinal) || name.StartsWith("libLibTorchSharp", StringComparison.Ordinal)))];
        natives.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/does/not/exist", "/does/not/exist: LibTorch is not installed. Run `dotnet restore`, or set TUNESHARP_LIBTORCH to a folder with libtorch 2.10.")]
    [InlineData("/proc/self", "LibTorch cannot be loaded: ")]
    public async Task A_machine_without_libtorch_gets_one_sentence(string folder, string expected)
    {
        // Loading happens once a process and cannot be undone: a child tries it.
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            ArgumentList = { "--filter-method", $"{typeof(TorchRuntimeTests).FullName}.{nameof(Child_reports_why_loading_failed)}" },
            Environment = { ["TUNESHARP_LIBTORCH"] = folder, [ChildKey] = expected },
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Insert(0, typeof(TorchRuntimeTests).Assembly.Location);
        using Process child = Process.Start(start)!;
        string output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        child.ExitCode.ShouldBe(0, output);
        output.ShouldContain("succeeded: 1");
    }

    [Fact]
    public void Child_reports_why_loading_failed()
    {
        string? expected = Environment.GetEnvironmentVariable(ChildKey);
        Assert.SkipWhen(expected is null, "runs in a child process of another test");
        InvalidInputException e = Should.Throw<InvalidInputException>(TorchRuntime.EnsureLoaded);
        e.Message.ShouldStartWith(expected!);
        e.Message.ShouldNotContain("\n");
        e.Message.ShouldEndWith(".");
    }

    [Fact]
    public void Weakens_only_what_nothing_else_needs()
    {
        string? shims = AppContext.GetData("Torch.Shim") as string;
        Assert.SkipWhen(shims is null, "no package folder");
        byte[] image = File.ReadAllBytes(Path.Combine(shims, "libLibTorchSharp.so"));
        byte[] before = (byte[])image.Clone();
        ElfVersionNeed.Weaken(image, "GLIBCXX_3.4.32", "another symbol").ShouldBeFalse();
        ElfVersionNeed.Weaken(image, "GLIBCXX_9.9", "_ZSt21ios_base_library_initv").ShouldBeFalse();
        image.ShouldBe(before);
        ElfVersionNeed.Weaken(image, "GLIBCXX_3.4.32", "_ZSt21ios_base_library_initv").ShouldBeTrue();
        image.Zip(before).Count(pair => pair.First != pair.Second).ShouldBe(1);
    }
}
