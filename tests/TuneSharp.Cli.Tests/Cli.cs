using System.Diagnostics;

namespace TuneSharp.Cli.Tests;

/// <summary>What a call of the program left behind.</summary>
public sealed record CliResult(int ExitCode, string Out, string Error)
{
    public override string ToString() => $"exit {ExitCode}\n{Out}\n{Error}";
}

/// <summary>Calls the built program as a person or a script would: as a process.</summary>
internal sealed class Cli(TinyWorld world)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static string Assembly => Path.Combine(AppContext.BaseDirectory, "tunesharp.dll");

    public async Task<CliResult> RunAsync(params string[] arguments) => await RunAsync("", arguments);

    /// <param name="folder">A folder that takes libtorch's place and holds nothing.</param>
    public Task<CliResult> RunWithoutTorchAsync(string folder, string[] arguments) => EndAsync(Start(folder, arguments), "", arguments);

    /// <param name="input">Standard input.</param>
    public Task<CliResult> RunAsync(string input, string[] arguments) => EndAsync(Start(arguments), input, arguments);

    private static async Task<CliResult> EndAsync(Process started, string input, string[] arguments)
    {
        using Process process = started;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"tunesharp {string.Join(' ', arguments)} took longer than {Limit}.\n{await output}\n{await error}", e);
        }

        return new CliResult(process.ExitCode, await output, await error);
    }

    public Process Start(params string[] arguments) => Start(null, arguments);

    private Process Start(string? torch, string[] arguments)
    {
        // A test run that was started in the background ignores Ctrl-C, and what it starts would inherit that.
        var start = new ProcessStartInfo("env") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = world.Folder };
        foreach (string word in (string[])["--default-signal=INT", "dotnet", Assembly]) start.ArgumentList.Add(word);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["TUNESHARP_HOME"] = world.Home;
        start.Environment["LC_ALL"] = "C";
        if (torch is not null) start.Environment["TUNESHARP_LIBTORCH"] = torch;
        return Process.Start(start)!;
    }
}
