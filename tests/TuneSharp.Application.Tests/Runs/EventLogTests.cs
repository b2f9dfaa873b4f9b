using Microsoft.Extensions.Time.Testing;
using TuneSharp.Application.Runs;
using TuneSharp.Formats;
using TuneSharp.Training.Loop;

namespace TuneSharp.Application.Tests.Runs;

public sealed class EventLogTests : IDisposable
{
    private readonly TemporaryHome _temporary = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly RunFolder _run;

    public EventLogTests() => _run = _temporary.NewRun(_clock);

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Append_EveryKind_IsReadBackEqual()
    {
        object[] bodies =
        [
            new StateChanged(RunState.Running, 1), new Prepared(9, 1, 0, 64, "float32", "float32", 2, "10 rows"), new Resumed(3, new List<string> { "threads: 1 → 2" }),
            new Started(10, 1, 9, 1, 100, 1000, 0), Step(1), new StepCompleted(2, 10, 0.5, double.NaN, 1e-3, double.PositiveInfinity, 1, 2, 3, null, true),
            new EvalCompleted(2, 0.5, 1.25, 40, true, TimeSpan.FromSeconds(1.5)), new CheckpointSaved(2, "checkpoints/step-000002", 77),
            new Warning(2, "non_finite_step", "Grüße, 世界 \u2028 <&>"), new Finished(10, StopReason.Completed, 1.5, 1.25, 2, 2, TimeSpan.FromMinutes(1)),
            new ResultSaved("adapter"), new RunFailed("No space.", true),
        ];
        using (EventLog log = EventLog.Open(_run, _clock))
        {
            foreach (object body in bodies) log.Append(body);
        }

        IReadOnlyList<RunEvent> read = new EventLogReader(_run.Events).ReadNew();
        read[0].Body.ShouldBe(new LogOpened(1, "test"));
        read.Select(e => e.Seq).ShouldBe(Enumerable.Range(0, bodies.Length + 1).Select(i => (long)i));
        read.ShouldAllBe(e => e.Time == _clock.GetUtcNow());
        for (int i = 0; i < bodies.Length; i++) read[i + 1].Body.ShouldBeEquivalentTo(bodies[i]);
        File.ReadLines(_run.Events).First().ShouldBe("""{"event":"log","seq":0,"time":"2026-01-02T03:04:05+00:00","version":1,"run":"test"}""");
    }

    [Fact]
    public void ReadNew_LogCutAtEveryByte_GivesTheWholeLinesAndGoesOn()
    {
        using (EventLog log = EventLog.Open(_run, _clock))
        {
            for (int i = 1; i <= 3; i++) log.Append(Step(i));
        }

        byte[] whole = File.ReadAllBytes(_run.Events);
        for (int length = 0; length <= whole.Length; length++)
        {
            string path = Path.Combine(_temporary.Home.Path, "cut.jsonl");
            File.WriteAllBytes(path, whole[..length]);
            var reader = new EventLogReader(path);
            int first = reader.ReadNew().Count;
            first.ShouldBe(whole.AsSpan(0, length).Count((byte)'\n'));
            File.WriteAllBytes(path, whole);
            (first + reader.ReadNew().Count).ShouldBe(4);
        }
    }

    [Fact]
    public void Open_AfterATornLine_KeepsWhatWasThereAndGoesOn()
    {
        using (EventLog log = EventLog.Open(_run, _clock)) log.Append(Step(1));
        File.AppendAllText(_run.Events, """{"event":"step","seq":2,"ti""");
        byte[] before = File.ReadAllBytes(_run.Events);
        using (EventLog log = EventLog.Open(_run, _clock)) log.Append(Step(2));
        File.ReadAllBytes(_run.Events)[..before.Length].ShouldBe(before, "the log is only ever appended to");
        IReadOnlyList<RunEvent> read = new EventLogReader(_run.Events).ReadNew();
        read.Select(e => e.Seq).ShouldBe([0, 1, 2]);
        read.Select(e => e.Step).ShouldBe([0, 1, 2]);
    }

    [Fact]
    public void ReadEffective_AfterAResume_LeavesOutTheStepsThatWereLost()
    {
        using (EventLog log = EventLog.Open(_run, _clock))
        {
            for (int i = 1; i <= 5; i++) log.Append(Step(i));
            log.Append(new CheckpointSaved(3, "checkpoints/step-000003", 1));
            log.Append(new Resumed(3, []));
            log.Append(Step(4));
        }

        EventLogReader.ReadEffective(_run.Events).Select(e => e.Body).OfType<StepCompleted>().Select(step => step.Step).ShouldBe([1, 2, 3, 4]);
    }

    [Fact]
    public void ReadNew_NewerVersion_IsRefused()
    {
        File.WriteAllText(_run.Events, """{"event":"log","seq":0,"time":"2026-01-02T03:04:05+00:00","version":99,"run":"test"}""" + "\n");
        Should.Throw<InvalidInputException>(() => new EventLogReader(_run.Events).ReadNew()).Message.ShouldContain("version 99");
    }

    [Fact]
    public void ReadNew_KindsAndFieldsOfALaterVersion_AreTolerated()
    {
        File.WriteAllText(_run.Events, """
            {"event":"hologram","seq":0,"time":"2026-01-02T03:04:05+00:00","x":1}
            {"event":"result","seq":1,"time":"2026-01-02T03:04:05+00:00","path":"adapter","colour":"red"}
            not an event at all

            """);
        IReadOnlyList<RunEvent> read = new EventLogReader(_run.Events).ReadNew();
        read.Count.ShouldBe(2);
        read[0].Body.ShouldBeOfType<UnknownEvent>().Kind.ShouldBe("hologram");
        read[1].Body.ShouldBe(new ResultSaved("adapter"));
    }

    private static StepCompleted Step(int step) => new(step, 10, step / 10.0, 2.5, 1e-3, 0.75, 1234.5, 100 * step, 1 << 20, TimeSpan.FromSeconds(3));
}
