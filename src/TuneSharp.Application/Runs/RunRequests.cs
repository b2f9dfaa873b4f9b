namespace TuneSharp.Application.Runs;

/// <summary>What somebody wants of a working run.</summary>
public enum RunRequestKind
{
    Stop,
    Pause,
    Resume,
}

/// <summary>
/// Requests are files in <c>requests/</c>, named after what is wanted. Whoever wants something creates the file; the worker
/// looks after each step, obeys and deletes it. A stop outranks a pause; a resume takes back a pause that was not yet obeyed.
/// </summary>
public sealed class RunRequests(RunFolder run)
{
    public void Put(RunRequestKind request)
    {
        Directory.CreateDirectory(run.Requests);
        if (request == RunRequestKind.Resume) Clear(RunRequestKind.Pause);
        if (request == RunRequestKind.Pause) Clear(RunRequestKind.Resume);
        using var file = new FileStream(PathOf(request), FileMode.OpenOrCreate);
    }

    /// <returns>The request that outranks the others, or null; it stays until <see cref="Clear"/>.</returns>
    public RunRequestKind? Peek() =>
        Is(RunRequestKind.Stop) ? RunRequestKind.Stop
        : Is(RunRequestKind.Resume) ? RunRequestKind.Resume
        : Is(RunRequestKind.Pause) ? RunRequestKind.Pause
        : null;

    public void Clear(RunRequestKind request) => File.Delete(PathOf(request));

    /// <summary>Requests to an earlier worker do not concern the one that starts now.</summary>
    public void ClearAll()
    {
        if (!Directory.Exists(run.Requests)) return;
        foreach (RunRequestKind request in Enum.GetValues<RunRequestKind>()) Clear(request);
    }

    private bool Is(RunRequestKind request) => File.Exists(PathOf(request));

    private string PathOf(RunRequestKind request) => Path.Combine(run.Requests, request.ToString().ToLowerInvariant());
}
