using TuneSharp.Application.Merging;
using TuneSharp.Cli.Texts;

namespace TuneSharp.Cli.Rendering;

/// <summary>What a merge is doing: on a screen one line that changes, elsewhere a line for each phase.</summary>
internal sealed class MergeProgress(CommandHost host) : IDisposable
{
    private const double Megabyte = 1e6;
    private long _begun;
    private MergePhase? _phase;
    private bool _open;

    public void Show(MergePhase phase, long done, long all)
    {
        if (_phase != phase)
        {
            _phase = phase;
            _begun = host.Clock.GetTimestamp();
            if (phase is MergePhase.Probing or MergePhase.Checking) Line(host.Words[phase == MergePhase.Probing ? MergeTexts.Probing : MergeTexts.Checking]);
        }
        if (phase is MergePhase.Probing or MergePhase.Checking || (!host.Terminal.IsScreen && done < all)) return;
        double seconds = host.Clock.GetElapsedTime(_begun).TotalSeconds;
        TimeSpan left = TimeSpan.FromSeconds(Math.Ceiling(done == 0 ? 0 : seconds / done * (all - done)));
        Line(host.Words.Say(phase == MergePhase.Writing ? MergeTexts.Writing : MergeTexts.Converting, $"{done / Megabyte:0}", $"{all / Megabyte:0}", left.ToString(@"h\:mm\:ss")));
    }

    public void Write(MergeReport report)
    {
        Close();
        host.Line(MergeTexts.Done, report.Folder, report.ChangedTensors, report.Tensors, $"{report.Bytes / Megabyte:0.#}", report.DType);
        host.Line(MergeTexts.Proof, $"{report.AdapterEffect:0.####}", $"{report.Difference:0.#######}");
        if (report.SameText) host.Line(MergeTexts.SameText);
        else host.Line(MergeTexts.OtherText, report.DType);
    }

    public void Dispose() => Close();

    private void Line(string text)
    {
        if (!host.Terminal.IsScreen)
        {
            host.Terminal.Out.WriteLine(text);
            return;
        }
        host.Terminal.Out.Write("\r\u001b[K" + text);
        _open = true;
    }

    private void Close()
    {
        if (_open) host.Terminal.Out.Write("\r\u001b[K");
        _open = false;
    }
}
