using TuneSharp.Application.Reports;
using TuneSharp.Application.Runs;
using TuneSharp.Application.Workers;
using TuneSharp.Cli.Terminals;
using TuneSharp.Cli.Texts;

namespace TuneSharp.Cli;

/// <summary>What every command needs from the process it runs in.</summary>
/// <param name="Environment">Reads an environment variable.</param>
/// <param name="Program">How a worker is started.</param>
public sealed record CommandHost(Terminal Terminal, Wording Words, TimeProvider Clock, IProcessTable Processes, WorkerProgram Program, Func<string, string?> Environment)
{
    /// <summary>The person's language, for files that are read later.</summary>
    public ReportLanguage ReportLanguage => Words.Language == Language.Chinese ? ReportLanguage.Chinese : ReportLanguage.English;

    public void Line(Text text, params object?[] values) => Terminal.Out.WriteLine(Words.Say(text, values));
}
