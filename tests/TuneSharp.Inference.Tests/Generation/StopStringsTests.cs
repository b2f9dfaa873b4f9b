using TuneSharp.Inference.Generation;

namespace TuneSharp.Inference.Tests.Generation;

public sealed class StopStringsTests
{
    [Fact]
    public void Cutting_the_text_into_other_pieces_changes_nothing()
    {
        const string Text = "one two STOP three";
        foreach (int size in (int[])[1, 2, 3, 5, 100])
        {
            var stop = new StopStrings(["STOP", "three"]);
            string shown = "";
            for (int at = 0; at < Text.Length; at += size) shown += stop.Push(Text.Substring(at, Math.Min(size, Text.Length - at)));
            (shown + stop.Finish()).ShouldBe("one two ");
            stop.StoppedBy.ShouldBe("STOP");
        }
    }

    [Fact]
    public void What_could_become_a_stop_is_held_until_it_cannot()
    {
        var stop = new StopStrings(["###"]);
        stop.Push("a##").ShouldBe("a");
        stop.Push("b").ShouldBe("##b");
        stop.Push("#").ShouldBe("");
        stop.Finish().ShouldBe("#");
        stop.StoppedBy.ShouldBeNull();
    }

    [Fact]
    public void Nothing_follows_a_stop()
    {
        var stop = new StopStrings(["x"]);
        stop.Push("axb").ShouldBe("a");
        stop.Push("more").ShouldBe("");
        stop.Finish().ShouldBe("");
    }
}
