using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.RealRuns;

/// <summary>ROUGE of a run's answers, before and after training, within half a point.</summary>
internal static class RunRouge
{
    public static GoldenResult Compare(RecordedRun run, RunReplay replay, string modelFolder) => GoldenResult.NotBuilt($"ROUGE for {run.Name}, {replay.AnswersAfter.Count} answers of {modelFolder},");
}
