using TuneSharp.Application.Runs;
using TuneSharp.Training.Loop;

namespace TuneSharp.Application.Workers;

/// <summary>What the training loop hears of the files in <c>requests/</c>, and what the worker does while it is paused.</summary>
internal sealed class WorkerRequests(RunSession session)
{
    private static readonly TimeSpan Poll100 = TimeSpan.FromMilliseconds(100);

    private readonly RunRequests _files = new(session.Run);

    /// <summary>Asked between micro-batches.</summary>
    /// <exception cref="RunLostException">Another process has taken the run.</exception>
    public RunRequest Poll()
    {
        if (session.IsLost) throw new RunLostException(session.Run.Id);
        switch (_files.Peek())
        {
            case RunRequestKind.Stop:
                _files.Clear(RunRequestKind.Stop);
                session.Become(RunState.Stopping);
                return RunRequest.Stop;
            case RunRequestKind.Pause:
                _files.Clear(RunRequestKind.Pause);
                return RunRequest.Pause;
            case RunRequestKind.Resume:
                _files.Clear(RunRequestKind.Resume); // it runs already
                return RunRequest.None;
            default:
                return RunRequest.None;
        }
    }

    /// <returns>True to go on; false if the run was stopped while it was paused.</returns>
    public bool WaitWhilePaused(TimeProvider clock)
    {
        while (true)
        {
            if (session.IsLost) throw new RunLostException(session.Run.Id);
            switch (_files.Peek())
            {
                case RunRequestKind.Stop:
                    _files.Clear(RunRequestKind.Stop);
                    session.Become(RunState.Stopping);
                    session.Become(RunState.Stopped, "It was asked to stop while it was paused.");
                    return false;
                case RunRequestKind.Resume:
                    _files.Clear(RunRequestKind.Resume);
                    session.Become(RunState.Running);
                    return true;
                case RunRequestKind.Pause:
                    _files.Clear(RunRequestKind.Pause);
                    break;
            }

            Task.Delay(Poll100, clock).Wait();
        }
    }
}
