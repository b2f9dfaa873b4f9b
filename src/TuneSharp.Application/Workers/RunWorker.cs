using TuneSharp.Application.FineTuning;
using TuneSharp.Application.Pretraining;
using TuneSharp.Application.Runs;
using TuneSharp.Formats;

namespace TuneSharp.Application.Workers;

/// <summary>
/// What a worker process does: takes the run, works, records how it ended. Errors of the person's input are recorded as they
/// stand; everything else is a defect, whose details go to the error stream (the worker's log).
/// </summary>
public sealed class RunWorker(TimeProvider clock, IProcessTable processes, TextWriter log)
{
    /// <returns>True if the run ended as it should: finished, or stopped by request.</returns>
    public bool Execute(RunFolder run)
    {
        RunSession session;
        try
        {
            session = RunSession.Begin(run, clock, processes);
        }
        catch (InvalidInputException e)
        {
            log.WriteLine(e.Message); // somebody else works on it; not a word into a folder that is not ours
            return false;
        }

        using (session) return Work(session);
    }

    private bool Work(RunSession session)
    {
        RunFolder run = session.Run;
        try
        {
            if (!session.Status.State.CanBecome(RunState.Starting)) throw new InvalidInputException($"Run '{run.Id}' is {session.Status.State.ToString().ToLowerInvariant()}.", run.Path);
            session.Become(RunState.Starting);
            switch (session.Status.Kind)
            {
                case RunKind.FineTune:
                    FineTuneWork.Execute(session, clock);
                    break;
                case RunKind.Pretrain:
                    PretrainWork.Execute(session, clock);
                    break;
                default:
                    throw new InvalidInputException($"This program cannot work on a run of the kind {session.Status.Kind}.", run.State);
            }

            return true;
        }
        catch (RunLostException e)
        {
            log.WriteLine(e.Message);
            return false;
        }
        catch (InvalidInputException e)
        {
            log.WriteLine(e.Message);
            session.Fail(e.Message, userError: true);
            return false;
        }
        catch (Exception e)
        {
            log.WriteLine(e.ToString());
            session.Fail($"Something went wrong that should not: {e.Message} The details are in {run.WorkerLog}.", userError: false);
            return false;
        }
    }
}
