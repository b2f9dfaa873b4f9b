using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden;

/// <summary>The part of the golden data that is quick enough for every test run, and the proof that the comparison can fail.</summary>
public sealed class GoldenTests
{
    public static TheoryData<string> Topics() => [.. GoldenFixtures.TopicsIn(GoldenFixtures.Root).Select(t => t.Topic)];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Topics))]
    public void Quick_cases_agree_as_often_as_ever(string topic)
    {
        IGoldenTopic found = GoldenFixtures.TopicsIn(GoldenFixtures.Root).Single(t => t.Topic == topic);
        List<GoldenLine> lines = [.. GoldenRun.Run(found, GoldenFixtures.Root, quickOnly: true)];
        int quickOfAll = lines.Count, all = found.Find(Path.Combine(GoldenFixtures.Root, topic)).Count();

        // Of the tally, cases that are not quick may be the ones that agreed.
        int wanted = GoldenTally.Applies ? Math.Max(0, GoldenTally.Read().GetValueOrDefault(topic) - (all - quickOfAll)) : 0;
        if (wanted == 0 && !lines.Any(l => l.Agreed)) Assert.Skip($"no quick case of {topic} is built yet");
        string disagreed = string.Join("\n", lines.Where(l => !l.Agreed).Take(40).Select(l => $"{l.Case}: {l.Reason} ({l.Deviation} against {l.Tolerance})"));
        lines.Count(l => l.Agreed).ShouldBeGreaterThanOrEqualTo(wanted, disagreed);
        if (!GoldenTally.Applies && OwnFixtures) lines.ShouldAllBe(l => l.Agreed, disagreed);
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Topics))]
    public void A_moved_expected_value_is_seen(string topic)
    {
        IGoldenTopic found = GoldenFixtures.TopicsIn(GoldenFixtures.Root).Single(t => t.Topic == topic);
        string copy = Directory.CreateTempSubdirectory("tunesharp-canary-").FullName;
        try
        {
            // Whole areas travel, since a case may read its neighbours (bases, batches, tokenizers).
            string area = topic.Split('/')[0];
            CopyFolder(Path.Combine(GoldenFixtures.Root, area), Path.Combine(copy, area));
            string folder = Path.Combine(copy, topic);
            string? spoiled = found.SpoilOne(folder);
            if (spoiled is null)
            {
                GoldenRun.Run(found, GoldenFixtures.Root, quickOnly: true).ShouldNotContain(l => l.Agreed, "a topic with cases that agree must be able to spoil one");
                Assert.Skip($"no case of {topic} is built yet");
            }
            GoldenResult before = GoldenRun.RunOne(found.Find(Path.Combine(GoldenFixtures.Root, topic)).Single(c => c.Name == spoiled));
            before.Agreed.ShouldBeTrue($"{spoiled} must agree before it is spoiled: {before.Reason}");
            GoldenRun.RunOne(found.Find(folder).Single(c => c.Name == spoiled)).Agreed.ShouldBeFalse(spoiled);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private static bool OwnFixtures { get; } = GoldenFixtures.Root == Path.Combine(GoldenFixtures.Repository, "tests", "fixtures");

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
        {
            string target = Path.Combine(to, Path.GetFileName(file));
            File.Copy(file, target);
            new FileInfo(target).IsReadOnly = false;
        }
        foreach (string folder in Directory.GetDirectories(from)) CopyFolder(folder, Path.Combine(to, Path.GetFileName(folder)));
    }
}
