namespace TuneSharp.Kernels.Tests;

public sealed class EightBitBlocksTests
{
    [Fact]
    public void Maps_ascend_from_minus_one_to_one_and_know_zero()
    {
        foreach (EightBitMap map in (EightBitMap[])[EightBitMap.DynamicSigned, EightBitMap.DynamicUnsigned, EightBitMap.LinearSigned])
        {
            map.Values.Length.ShouldBe(256);
            map.Values[255].ShouldBe(1);
            map.Values.ToArray().ShouldContain(0);
            map.Values.ToArray().Order().ShouldBe(map.Values.ToArray());
            EightBitMap.Of(map.Values).ShouldBeSameAs(map);
        }
        EightBitMap.DynamicUnsigned.Values[0].ShouldBe(0);
        Should.Throw<ArgumentException>(() => EightBitMap.Of(new float[255]));
        Should.Throw<ArgumentException>(() => EightBitMap.Of([1, .. new float[255]]));
    }

    [Theory]
    [InlineData(1, 64), InlineData(7, 64), InlineData(64, 64), InlineData(333, 100), InlineData(1000, 256), InlineData(50, 1)]
    public void Codes_are_those_of_the_plain_rule(int count, int blockSize)
    {
        float[] x = Numbers.Normal(count);
        int blocks = EightBitBlocks.NumBlocks(count, blockSize);
        foreach (EightBitMap map in (EightBitMap[])[EightBitMap.DynamicSigned, EightBitMap.LinearSigned])
        {
            byte[] codes = new byte[count], expected = new byte[count];
            float[] absmax = new float[blocks], expectedAbsmax = new float[blocks];
            EightBitBlocks.Quantise(map, x, blockSize, codes, absmax);
            EightBitBlocks.Reference.Quantise(map, x, blockSize, expected, expectedAbsmax);
            codes.ShouldBe(expected);
            absmax.ShouldBe(expectedAbsmax);
        }
    }

    [Theory]
    [InlineData(CodeRule.Nearest), InlineData(CodeRule.LookUp)]
    public void What_comes_back_is_near(CodeRule rule)
    {
        float[] x = Numbers.Normal(1000), back = new float[1000];
        byte[] codes = new byte[1000];
        float[] absmax = new float[4];
        EightBitBlocks.Quantise(EightBitMap.DynamicSigned, x, 256, codes, absmax, rule);
        EightBitBlocks.Dequantise(EightBitMap.DynamicSigned, codes, absmax, 256, back);
        // The widest step of the map is 0.0141, the look-up is off by one more at most.
        for (int i = 0; i < 1000; i++) Math.Abs(back[i] - x[i]).ShouldBeLessThan(0.015f * absmax[i / 256]);
    }

    [Theory]
    [InlineData(CodeRule.Nearest), InlineData(CodeRule.LookUp)]
    public void A_block_of_zeros_stays_zero(CodeRule rule)
    {
        byte[] codes = new byte[130];
        float[] absmax = new float[3], back = [.. Enumerable.Repeat(7f, 130)];
        EightBitBlocks.Quantise(EightBitMap.DynamicSigned, new float[130], 64, codes, absmax, rule);
        EightBitBlocks.Dequantise(EightBitMap.DynamicSigned, codes, absmax, 64, back);
        back.ShouldAllBe(v => v == 0);
    }

    [Theory]
    [InlineData(float.NaN, 0), InlineData(float.PositiveInfinity, 3), InlineData(float.NegativeInfinity, 40)]
    public void Numbers_without_a_size_are_refused(float number, int at)
    {
        float[] x = Numbers.Normal(41);
        x[at] = number;
        Should.Throw<NotFiniteNumberException>(() => EightBitBlocks.Quantise(EightBitMap.DynamicSigned, x, 64, new byte[41], new float[1]));
    }
}
