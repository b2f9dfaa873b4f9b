using Microsoft.Extensions.Time.Testing;
using TuneSharp.Application.Runs;
using TuneSharp.Formats;

namespace TuneSharp.Application.Tests.Runs;

public sealed class RunLockTests : IDisposable
{
    private readonly TemporaryHome _temporary = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly FakeProcesses _first = new("here", 1);
    private readonly FakeProcesses _second = new("here", 2);
    private readonly FakeProcesses _elsewhere = new("there", 3);
    private readonly RunFolder _run;

    public RunLockTests() => _run = _temporary.NewRun(_clock);

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Take_HeldByALivingProcess_IsRefusedNamingTheHolder()
    {
        using var held = RunLock.Take(_run, _clock, _first);
        var e = Should.Throw<InvalidInputException>(() => RunLock.Take(_run, _clock, _second));
        e.Message.ShouldContain("process 1 on here");
        e.Message.ShouldContain("runs stop test");
    }

    [Fact]
    public void Take_AfterRelease_Succeeds()
    {
        RunLock.Take(_run, _clock, _first).Dispose();
        RunLock.Look(_run, _clock, _second, out _).ShouldBe(WorkerPresence.None);
        using var again = RunLock.Take(_run, _clock, _second);
        RunLock.Look(_run, _clock, _second, out LockHolder? holder).ShouldBe(WorkerPresence.Working);
        holder!.Process.Pid.ShouldBe(2);
    }

    [Fact]
    public void Take_HolderIsDead_TakesOverAtOnceAndTheOldHolderSeesIt()
    {
        using var old = RunLock.Take(_run, _clock, _first);
        _second.Dead.Add(_first.Current);
        RunLock.Look(_run, _clock, _second, out _).ShouldBe(WorkerPresence.Stale);
        using var taken = RunLock.Take(_run, _clock, _second);
        _clock.Advance(RunLock.BeatEvery);
        old.IsLost.ShouldBeTrue();
        taken.IsLost.ShouldBeFalse();
        old.Dispose();
        RunLock.Look(_run, _clock, _second, out LockHolder? holder).ShouldBe(WorkerPresence.Working, "the loser must not remove the winner's lock");
        holder!.Process.Pid.ShouldBe(2);
    }

    [Fact]
    public void Look_SameProcessIdWithAnotherStartTime_IsDead()
    {
        var table = new SystemProcessTable();
        table.Look(table.Current).ShouldBe(ProcessPresence.Alive);
        table.Look(table.Current with { StartTime = table.Current.StartTime - 1 }).ShouldBe(ProcessPresence.Dead);
        table.Look(table.Current with { Boot = "another" }).ShouldBe(ProcessPresence.Dead);
        table.Look(table.Current with { Host = "another" }).ShouldBe(ProcessPresence.Elsewhere);
        table.Look(table.Current with { Pid = int.MaxValue }).ShouldBe(ProcessPresence.Dead);
    }

    [Fact]
    public void Look_HeartbeatOld_LivingProcessIsSilentAndKeepsItsLock()
    {
        using (RunLock.Take(_run, _clock, _first))
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            RunLock.Look(_run, _clock, _second, out _).ShouldBe(WorkerPresence.Working, "the timer of the fake clock beats");
            File.WriteAllText(_run.Heartbeat, "");
            var later = new FakeTimeProvider(_clock.GetUtcNow() + TimeSpan.FromHours(1));
            RunLock.Look(_run, later, _second, out _).ShouldBe(WorkerPresence.Silent);
            Should.Throw<InvalidInputException>(() => RunLock.Take(_run, later, _second));
        }
    }

    [Fact]
    public void Look_HolderOnAnotherMachine_OnlyItsHeartbeatTells()
    {
        using var held = RunLock.Take(_run, _clock, _elsewhere);
        var later = new FakeTimeProvider(_clock.GetUtcNow());
        RunLock.Look(_run, later, _first, out _).ShouldBe(WorkerPresence.Working);
        later.Advance(RunLock.SilentAfter + TimeSpan.FromSeconds(1));
        RunLock.Look(_run, later, _first, out _).ShouldBe(WorkerPresence.Silent);
        later.Advance(RunLock.StaleAfter);
        RunLock.Look(_run, later, _first, out _).ShouldBe(WorkerPresence.Stale);
        using var taken = RunLock.Take(_run, later, _first);
    }

    [Fact]
    public async Task TryTake_ManyAtOnce_ExactlyOneGetsAStaleLock()
    {
        for (int round = 0; round < 20; round++)
        {
            RunFolder run = _temporary.NewRun(_clock, $"race-{round}");
            var dead = new FakeProcesses("here", 99);
            RunLock.Take(run, new FakeTimeProvider(), dead); // never released
            RunLock?[] taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
            {
                var table = new FakeProcesses("here", i);
                table.Dead.Add(dead.Current);
                return RunLock.TryTake(run, _clock, table, out _);
            })));
            taken.Count(held => held is not null).ShouldBe(1);
            foreach (RunLock? held in taken) held?.Dispose();
        }
    }
}
