using System.Runtime.InteropServices;
using TuneSharp.Application.Runs;

namespace TuneSharp.Application.Workers;

/// <summary>
/// Signals to a worker: SIGTERM and SIGINT ask it to stop, which saves a checkpoint; SIGHUP, sent when a terminal is closed,
/// is ignored.
/// </summary>
public sealed class WorkerSignals : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;

    public WorkerSignals(RunFolder run)
    {
        var requests = new RunRequests(run);
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => signal.Cancel = true),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
        ];

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            requests.Put(RunRequestKind.Stop);
        }
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
    }
}
