using TuneSharp.Application.Runs;
using TuneSharp.Formats;
using TuneSharp.Formats.Files;

namespace TuneSharp.Application.Reports;

/// <summary>Writes <c>report.html</c> into the folder of a run, anew each time, whole or not at all.</summary>
public sealed class WriteRunReport(TimeProvider clock)
{
    /// <returns>Path of the report.</returns>
    /// <exception cref="InvalidInputException">The folder cannot be read as a run, or the report cannot be written.</exception>
    public string Execute(RunFolder run, ReportLanguage language)
    {
        AtomicFile.WriteText(run.Report, new RunReportPage(RunReport.Read(run), language, clock.GetLocalNow()).Write());
        return run.Report;
    }
}
