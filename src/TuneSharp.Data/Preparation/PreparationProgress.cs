namespace TuneSharp.Data.Preparation;

/// <summary>How far the preparation of a dataset has come.</summary>
/// <param name="Rows">Rows that are read and rendered.</param>
/// <param name="Bytes">Bytes of the files that are read.</param>
/// <param name="TotalBytes">Bytes of all files.</param>
/// <param name="Elapsed">Since it began.</param>
/// <param name="Remaining">Estimate; null while too little is known.</param>
public sealed record PreparationProgress(long Rows, long Bytes, long TotalBytes, TimeSpan Elapsed, TimeSpan? Remaining);

/// <summary>Turns bytes that are read into progress, at most twice a second.</summary>
internal sealed class ProgressReporter(IReadOnlyList<string> files, Action<PreparationProgress>? report)
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly long _began = TimeProvider.System.GetTimestamp();
    private readonly long _total = files.Sum(file => new FileInfo(file).Length);
    private long _rows, _before, _current;
    private TimeSpan _last;

    /// <summary>The next file begins.</summary>
    public void NextFile() => (_before, _current) = (_before + _current, 0);

    public void Row(long bytesOfFile)
    {
        _rows++;
        _current = bytesOfFile;
        if (report is null) return;
        TimeSpan elapsed = _clock.GetElapsedTime(_began);
        if (elapsed - _last < Every) return;
        _last = elapsed;
        long bytes = Math.Min(_before + _current, _total);
        report(new PreparationProgress(_rows, bytes, _total, elapsed, bytes > 0 ? elapsed * ((double)(_total - bytes) / bytes) : null));
    }
}
