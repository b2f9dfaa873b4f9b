namespace TuneSharp.Benchmarks.Engine;

/// <summary>The largest anonymous memory of this process, looked at every few milliseconds.</summary>
internal sealed class PeakMemory : IDisposable
{
    private readonly Thread _watch;
    private volatile bool _ended;
    private double _mb;

    public PeakMemory()
    {
        _watch = new Thread(() =>
        {
            while (!_ended)
            {
                _mb = Math.Max(_mb, Machine.AnonymousMb());
                Thread.Sleep(5);
            }
        })
        { IsBackground = true };
        _watch.Start();
    }

    public double Mb => _mb;

    /// <summary>From here on only what comes counts.</summary>
    public void Reset() => _mb = Machine.AnonymousMb();

    public void Dispose()
    {
        _ended = true;
        _watch.Join();
    }
}
