using TuneSharp.Tokenizers.Normalization;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Tests.Normalization;

/// <summary>Normal forms against facts of the Unicode Standard; the machine's own normalization is not there to be asked.</summary>
public sealed class NormalFormTests
{
    [Theory]
    [InlineData("e\u0301", "é", "e\u0301")]
    [InlineData("\u212B", "\u00C5", "A\u030A")]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323", "\u017F\u0323\u0307")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307", "q\u0323\u0307")]
    [InlineData("\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8")]
    [InlineData("\uAC00", "\uAC00", "\u1100\u1161")]
    [InlineData("a\u0315\u0300\u05AE\u0300b", "à\u05AE\u0300\u0315b", "a\u05AE\u0300\u0300\u0315b")]
    [InlineData("\u0958", "\u0915\u093C", "\u0915\u093C")]
    [InlineData("\u1EA5", "\u1EA5", "a\u0302\u0301")]
    [InlineData("\uF900", "\u8C48", "\u8C48")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165", "\U0001D157\U0001D165")]
    [InlineData("ｶﾞ", "ｶﾞ", "ｶﾞ")]
    public void Canonical_forms(string text, string composed, string decomposed)
    {
        Apply(text, compose: true, compatibility: false).ShouldBe(composed);
        Apply(text, compose: false, compatibility: false).ShouldBe(decomposed);
        Apply(composed, compose: false, compatibility: false).ShouldBe(decomposed);
        Apply(decomposed, compose: true, compatibility: false).ShouldBe(composed);
    }

    [Theory]
    [InlineData("ﬁ", "fi")]
    [InlineData("ｶﾞ", "ガ")]
    [InlineData("①½Ⅳ", "11⁄2IV")]
    [InlineData("\u3000", " ")]
    [InlineData("\u32FF", "\u32FF")] // younger than the reference's tables
    public void Compatibility_forms(string text, string expected) => Apply(text, compose: true, compatibility: true).ShouldBe(expected);

    [Fact]
    public void Quick_answers_are_right()
    {
        var random = new Random(4);
        var nfc = new NormalFormNormalizer(compose: true, compatibility: false);
        for (int i = 0; i < 5_000; i++)
        {
            string text = RandomText.Next(random);
            byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
            string once = Apply(text, compose: true, compatibility: false);
            Apply(once, compose: true, compatibility: false).ShouldBe(once);
            string viaDecomposed = Apply(Apply(text, compose: false, compatibility: false), compose: true, compatibility: false);
            viaDecomposed.ShouldBe(once);
            if (nfc.LeavesUnchanged(bytes)) Apply(Apply(text, false, false), true, false).ShouldBe(text);
        }
    }

    [Fact]
    public void A_megabyte_of_marks_takes_no_time()
    {
        string text = "a" + string.Concat(Enumerable.Repeat("\u0301\u0323", 250_000));
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        Apply(text, compose: true, compatibility: false).Length.ShouldBeGreaterThan(0);
        System.Diagnostics.Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(60)); // well below a second alone; the machine may be shared
    }

    private static string Apply(string text, bool compose, bool compatibility)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        AlignedText source = AlignedText.FromSource(bytes, 0, bytes.Length, tracked: true);
        return System.Text.Encoding.UTF8.GetString(new NormalFormNormalizer(compose, compatibility).Apply(source).Bytes);
    }
}
