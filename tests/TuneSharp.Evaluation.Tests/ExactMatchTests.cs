using TuneSharp.Evaluation.Answers;

namespace TuneSharp.Evaluation.Tests;

public sealed class ExactMatchTests
{
    [Theory]
    [InlineData("who: Mia", "who: Mia", true)]
    [InlineData("  who: Mia\n", "who: Mia", true)]
    [InlineData("a\r\nb", "a\nb", true)]
    [InlineData("who: mia", "who: Mia", false)]
    [InlineData("who: Mia.", "who: Mia", false)]
    [InlineData("", "who: Mia", false)]
    [InlineData("谁：小明", "谁：小明", true)]
    public void The_same_text_agrees_and_nothing_else(string answer, string reference, bool agrees) => ExactMatch.Agrees(answer, reference).ShouldBe(agrees);

    [Fact]
    public void The_share_counts_pairs()
    {
        ExactMatch.Share([("a", "a"), ("b", "c"), ("d ", "d"), ("e", "E")]).ShouldBe(0.5);
        ExactMatch.Share([]).ShouldBe(double.NaN);
    }
}
