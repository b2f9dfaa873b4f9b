using TuneSharp.Cli.Texts;
using TuneSharp.Data.Preparation;

namespace TuneSharp.Cli.Rendering;

/// <summary>Says how far a large dataset is read: a line after two seconds, and then one every five.</summary>
internal sealed class PreparationLines(CommandHost host)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(2), Every = TimeSpan.FromSeconds(5);

    private TimeSpan _next = First;

    public void Report(PreparationProgress progress)
    {
        if (progress.Elapsed < _next || progress.Remaining is not { } remaining) return;
        _next = progress.Elapsed + Every;
        host.Line(TrainTexts.Preparing, 100 * progress.Bytes / Math.Max(1, progress.TotalBytes), progress.Rows, EventSentences.Duration(remaining));
    }
}
