using System.Diagnostics;
using System.Text;
using TuneSharp.Application.Runs;

namespace TuneSharp.Application.Workers;

/// <summary>
/// A worker that this process started. Its streams are pipes only until it has its own log: whatever it says before that
/// (the runtime cannot start, a library is missing) is kept here for the reason of the failure.
/// </summary>
public sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _early = new();
    private readonly long _logStart;
    private readonly RunFolder _run;

    private WorkerProcess(RunFolder run, Process process, int attempt, long logStart)
    {
        _run = run;
        _process = process;
        _logStart = logStart;
        Attempt = attempt;
    }

    /// <summary>Number that the worker gives itself when it takes the run.</summary>
    public int Attempt { get; }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts a worker on the folder; never through a shell.</summary>
    public static WorkerProcess Start(WorkerProgram program, RunFolder run)
    {
        new RunRequests(run).ClearAll(); // requests to an earlier worker do not concern this one
        var start = new ProcessStartInfo(program.FileName)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = run.Path,
        };
        foreach (string argument in program.Arguments) start.ArgumentList.Add(argument);
        start.ArgumentList.Add("worker");
        start.ArgumentList.Add(run.Path);
        int attempt = RunStatus.Read(run).Attempt + 1;
        long logStart = File.Exists(run.WorkerLog) ? new FileInfo(run.WorkerLog).Length : 0;
        var process = Process.Start(start) ?? throw new InvalidOperationException("The system started no process.");
        process.StandardInput.Close();
        var worker = new WorkerProcess(run, process, attempt, logStart);
        process.ErrorDataReceived += worker.KeepEarly;
        process.OutputDataReceived += worker.KeepEarly;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return worker;
    }

    /// <summary>Why the process ended, for a person; null while it lives.</summary>
    public string? DescribeEnd()
    {
        if (!_process.HasExited) return null;
        string last = LastLine();
        string how = _process.ExitCode > 128 ? $"The worker process was ended by signal {SignalName(_process.ExitCode - 128)}." : $"The worker process ended with exit code {_process.ExitCode}.";
        return last.Length == 0 ? how : $"{how} Its last words: {last}";
    }

    public void Dispose() => _process.Dispose();

    private static string SignalName(int signal) => signal switch
    {
        1 => "SIGHUP",
        2 => "SIGINT",
        4 => "SIGILL",
        6 => "SIGABRT (a fatal error inside a native library)",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL (killed by a person, or by the system for lack of memory)",
        11 => "SIGSEGV (a crash inside a native library)",
        15 => "SIGTERM",
        _ => $"{signal}",
    };

    private string LastLine()
    {
        string text;
        lock (_early) text = _early.ToString();
        if (File.Exists(_run.WorkerLog))
        {
            using var log = new FileStream(_run.WorkerLog, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            log.Position = Math.Max(Math.Min(_logStart, log.Length), log.Length - 4096);
            text += new StreamReader(log).ReadToEnd();
        }

        string[] lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

        // A stack trace says less than the line above it.
        string line = lines.LastOrDefault(candidate => !candidate.StartsWith("at ", StringComparison.Ordinal)) ?? "";
        return line.Length <= 500 ? line : line[..500] + "…";
    }

    private void KeepEarly(object sender, DataReceivedEventArgs e)
    {
        if (e.Data is null) return;
        lock (_early)
        {
            if (_early.Length < 1 << 16) _early.Append(e.Data).Append('\n');
        }
    }
}
