using TuneSharp.Cli.Texts;

namespace TuneSharp.Cli.Rendering;

/// <summary>How far a file is written: one line that changes on a screen, a line each five seconds elsewhere.</summary>
/// <param name="text">Says {0} of {1} megabytes, {2} left.</param>
internal sealed class ByteProgress(CommandHost host, Text text) : IDisposable
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);
    private readonly long _begun = host.Clock.GetTimestamp();
    private TimeSpan _last;
    private bool _open;

    public void Show(long done, long all)
    {
        TimeSpan elapsed = host.Clock.GetElapsedTime(_begun);
        if (!host.Terminal.IsScreen && elapsed - _last < Silence) return;
        _last = elapsed;
        TimeSpan left = TimeSpan.FromSeconds(Math.Ceiling(done == 0 ? 0 : elapsed.TotalSeconds / done * Math.Max(0, all - done)));
        string line = host.Words.Say(text, $"{done / 1e6:0}", $"{all / 1e6:0}", left.ToString(@"h\:mm\:ss"));
        if (host.Terminal.IsScreen) host.Terminal.Out.Write("\r\u001b[K" + line);
        else host.Terminal.Out.WriteLine(line);
        _open = host.Terminal.IsScreen;
    }

    /// <summary>Takes the line away.</summary>
    public void Close()
    {
        if (_open) host.Terminal.Out.Write("\r\u001b[K");
        _open = false;
    }

    public void Dispose() => Close();
}
