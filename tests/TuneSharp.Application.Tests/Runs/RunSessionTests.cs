using Microsoft.Extensions.Time.Testing;
using TuneSharp.Application.Runs;
using TuneSharp.Formats;
using TuneSharp.Training.Loop;

namespace TuneSharp.Application.Tests.Runs;

public sealed class RunSessionTests : IDisposable
{
    private readonly TemporaryHome _temporary = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly FakeProcesses _first = new("here", 1);
    private readonly FakeProcesses _second = new("here", 2);
    private readonly RunFolder _run;

    public RunSessionTests() => _run = _temporary.NewRun(_clock);

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Become_WholeLife_StateFileAndLogAgree()
    {
        RunState[] life = [RunState.Starting, RunState.Running, RunState.Paused, RunState.Running, RunState.Stopping, RunState.Stopped, RunState.Starting, RunState.Running, RunState.Finished];
        using (var session = RunSession.Begin(_run, _clock, _first))
        {
            foreach (RunState state in life)
            {
                session.Become(state);
                RunStatus.Read(_run).State.ShouldBe(state);
            }
        }

        new EventLogReader(_run.Events).ReadNew().Select(e => e.Body).OfType<StateChanged>().Select(change => change.State).ShouldBe(life);
        RunStatus.Read(_run).Attempt.ShouldBe(2);
    }

    [Fact]
    public void Become_EveryPairOfStates_OnlyTheDrawnTransitionsPass()
    {
        (RunState, RunState)[] drawn =
        [
            (RunState.Queued, RunState.Starting), (RunState.Queued, RunState.Stopped), (RunState.Queued, RunState.Failed),
            (RunState.Starting, RunState.Running), (RunState.Starting, RunState.Stopping), (RunState.Starting, RunState.Failed),
            (RunState.Running, RunState.Paused), (RunState.Running, RunState.Stopping), (RunState.Running, RunState.Finished), (RunState.Running, RunState.Failed),
            (RunState.Paused, RunState.Running), (RunState.Paused, RunState.Stopping), (RunState.Paused, RunState.Failed),
            (RunState.Stopping, RunState.Stopped), (RunState.Stopping, RunState.Finished), (RunState.Stopping, RunState.Failed),
            (RunState.Stopped, RunState.Starting), (RunState.Failed, RunState.Starting),
        ];
        foreach (RunState from in Enum.GetValues<RunState>())
        {
            foreach (RunState to in Enum.GetValues<RunState>())
            {
                var status = new RunStatus(1, RunKind.FineTune, from, _clock.GetUtcNow(), 1);
                if (drawn.Contains((from, to))) status.Become(to, _clock).State.ShouldBe(to);
                else Should.Throw<InvalidOperationException>(() => status.Become(to, _clock));
            }
        }
    }

    [Fact]
    public void Begin_LastWorkerDiedWithoutAWord_ItsDeathIsRecorded()
    {
        var dead = RunSession.Begin(_run, _clock, _first);
        dead.Become(RunState.Starting);
        dead.Become(RunState.Running);
        _second.Dead.Add(_first.Current);
        RunOverview.Of(_run, _clock, _second).State.ShouldBe(RunState.Failed, "seen before anybody has recorded it");

        using var session = RunSession.Begin(_run, _clock, _second, "The worker process was ended by signal SIGKILL.");
        session.Status.State.ShouldBe(RunState.Failed);
        session.Status.Reason!.ShouldContain("SIGKILL");
        new EventLogReader(_run.Events).ReadNew().Select(e => e.Body).OfType<RunFailed>().Single().Reason.ShouldContain("SIGKILL");
        session.Become(RunState.Starting);
        session.Status.Attempt.ShouldBe(2);
    }

    [Fact]
    public void Log_AfterTheRunWasTakenOver_Throws()
    {
        var loser = RunSession.Begin(_run, _clock, _first);
        loser.Become(RunState.Starting);
        _second.Dead.Add(_first.Current);
        using var winner = RunSession.Begin(_run, _clock, _second);
        _clock.Advance(RunLock.BeatEvery);
        loser.IsLost.ShouldBeTrue();
        Should.Throw<RunLostException>(() => loser.Log(new ResultSaved("adapter")));
        loser.Dispose();
        RunLock.Look(_run, _clock, _second, out _).ShouldBe(WorkerPresence.Working);
    }

    [Fact]
    public void Requests_StopOutranksPauseAndResumeTakesAPauseBack()
    {
        var requests = new RunRequests(_run);
        requests.Peek().ShouldBeNull();
        requests.Put(RunRequestKind.Pause);
        requests.Peek().ShouldBe(RunRequestKind.Pause);
        requests.Put(RunRequestKind.Stop);
        requests.Peek().ShouldBe(RunRequestKind.Stop);
        requests.Clear(RunRequestKind.Stop);
        requests.Put(RunRequestKind.Resume);
        requests.Peek().ShouldBe(RunRequestKind.Resume);
        requests.ClearAll();
        requests.Peek().ShouldBeNull();
    }

    [Fact]
    public void Overview_CountsTheStepsThatHold()
    {
        using var session = RunSession.Begin(_run, _clock, _first);
        session.Become(RunState.Starting);
        session.Become(RunState.Running);
        session.Log(new Started(10, 1, 8, 2, 5, 50, 0));
        for (int step = 1; step <= 4; step++) session.Log(new StepCompleted(step, 10, 0.1, 3.0 - step, 1e-3, 1, 100, 1, 1, null));
        session.Log(new EvalCompleted(4, 0.4, 0.5, 9, true, TimeSpan.Zero));
        session.Log(new CheckpointSaved(4, "checkpoints/step-000004", 1));
        RunOverview overview = RunOverview.Of(_run, _clock, _first);
        (overview.State, overview.Step, overview.TotalSteps, overview.TrainLoss, overview.ValidationLoss, overview.LastCheckpoint, overview.Worker)
            .ShouldBe((RunState.Running, 4, 10, -1.0, 0.5, 4, WorkerPresence.Working));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("""{"version": 9, "kind": "fine_tune", "state": "running", "since": "2026-01-02T03:04:05+00:00", "attempt": 1}""")]
    [InlineData("""{"version": 1, "kind": "fine_tune", "state": "flying", "since": "2026-01-02T03:04:05+00:00", "attempt": 1}""")]
    public void ReadStatus_BrokenOrNewer_IsOneClearSentence(string content)
    {
        File.WriteAllText(_run.State, content);
        Should.Throw<InvalidInputException>(() => RunStatus.Read(_run)).Message.ShouldContain("state.json");
    }
}
