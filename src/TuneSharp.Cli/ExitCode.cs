namespace TuneSharp.Cli;

/// <summary>What the process says to the shell. Documented in the help of the program.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>A run, an evaluation or the program itself failed.</summary>
    public const int Failed = 1;

    /// <summary>An option, a file or a setting cannot be used.</summary>
    public const int BadInput = 2;

    /// <summary>Ctrl-C; 128 + SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;
}
