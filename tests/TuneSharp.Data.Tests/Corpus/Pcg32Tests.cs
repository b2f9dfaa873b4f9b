using TuneSharp.Data.Corpus;

namespace TuneSharp.Data.Tests.Corpus;

public class Pcg32Tests
{
    // The output of the authors' demonstration program for seed 42, stream 54.
    [Fact]
    public void Gives_the_published_sequence()
    {
        var random = new Pcg32(42, 54);

        uint[] numbers = [.. Enumerable.Range(0, 6).Select(_ => random.NextUInt32())];

        numbers.ShouldBe([0xa15c02b7u, 0x7b47f409u, 0xba1d3330u, 0x83d2f293u, 0xbfa4784bu, 0xcbed606eu]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void Below_is_even_and_within_its_bound(int bound)
    {
        var random = new Pcg32(1, 2);
        int[] counts = new int[bound];
        for (int i = 0; i < 100 * bound; i++)
            counts[random.Below(bound)]++;

        counts.Min().ShouldBeGreaterThan(50);
        counts.Max().ShouldBeLessThan(160);
    }

    [Fact]
    public void Below_refuses_a_bound_of_zero() => Should.Throw<ArgumentOutOfRangeException>(() => new Pcg32(1, 1).Below(0));

    [Fact]
    public void Shuffle_keeps_every_item_and_depends_on_the_seed()
    {
        int[] Shuffled(ulong seed)
        {
            int[] items = [.. Enumerable.Range(0, 50)];
            new Pcg32(seed, 0).Shuffle(items);
            return items;
        }

        Shuffled(1).Order().ShouldBe(Enumerable.Range(0, 50));
        Shuffled(1).ShouldBe(Shuffled(1));
        Shuffled(1).ShouldNotBe(Shuffled(2));
    }
}
