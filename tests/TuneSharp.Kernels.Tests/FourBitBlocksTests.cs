namespace TuneSharp.Kernels.Tests;

public sealed class FourBitBlocksTests
{
    private static readonly FourBitTable[] Tables = [FourBitTable.Nf4, FourBitTable.Fp4];

    [Theory]
    [InlineData(1, 64), InlineData(2, 64), InlineData(65, 64), InlineData(64, 64), InlineData(1001, 128), InlineData(2000, 700), InlineData(99, 7), InlineData(300, 4096)]
    public void Bytes_are_those_of_the_plain_rule(int count, int blockSize)
    {
        float[] x = Numbers.Normal(count);
        foreach (FourBitTable table in Tables)
        {
            (byte[] packed, float[] absmax) = Quantise(table, x, blockSize);
            byte[] expected = new byte[packed.Length];
            float[] expectedAbsmax = new float[absmax.Length];
            FourBitBlocks.Reference.Quantise(table, x, blockSize, expected, expectedAbsmax);
            packed.ShouldBe(expected);
            absmax.ShouldBe(expectedAbsmax);
        }
    }

    [Theory]
    [InlineData(64), InlineData(33)]
    public void Any_piece_comes_back_like_the_whole(int blockSize)
    {
        float[] x = Numbers.Normal(501);
        foreach (FourBitTable table in Tables)
        {
            (byte[] packed, float[] absmax) = Quantise(table, x, blockSize);
            float[] whole = new float[501];
            FourBitBlocks.Reference.Dequantise(table, packed, absmax, blockSize, 0, whole);
            foreach ((int from, int count) in ((int, int)[])[(0, 501), (1, 500), (63, 2), (64, 64), (65, 1), (100, 33), (499, 2), (500, 1), (7, 0)])
            {
                float[] piece = new float[count];
                FourBitBlocks.Dequantise(table, packed, absmax.AsSpan(from / blockSize), blockSize, from, piece);
                piece.ShouldBe(whole[from..(from + count)]);
            }
        }
    }

    [Fact]
    public void Numbers_that_are_codes_come_back_exactly()
    {
        foreach (FourBitTable table in Tables)
        {
            float[] x = [.. Enumerable.Range(0, 64).Select(i => 3 * table.Values[i % 16])], back = new float[64];
            (byte[] packed, float[] absmax) = Quantise(table, x, 64);
            FourBitBlocks.Dequantise(table, packed, absmax, 64, 0, back);
            back.Zip(x).ShouldAllBe(pair => pair.First == pair.Second);
        }
    }

    [Fact]
    public void A_number_halfway_takes_the_lower_code()
    {
        (byte[] packed, _) = Quantise(FourBitTable.Nf4, [1, (FourBitTable.Nf4.Values[8] + FourBitTable.Nf4.Values[9]) / 2], 2);
        packed.ShouldBe([0xF8]);
    }

    [Fact]
    public void Zeros_stay_zero_and_an_odd_count_ends_with_the_code_of_zero()
    {
        (byte[] packed, float[] absmax) = Quantise(FourBitTable.Nf4, new float[65], 64);
        packed.ShouldAllBe(b => b == 0x77);
        absmax.ShouldBe([0f, 1e-38f]);
    }

    [Fact]
    public void Numbers_without_a_size_are_refused() =>
        Should.Throw<NotFiniteNumberException>(() => Quantise(FourBitTable.Nf4, [1, 2, float.NaN], 64));

    [Fact]
    public void Scales_of_scales_are_near()
    {
        float[] absmax = [.. Numbers.Normal(600).Select(v => 2 + (0.1f * v))], back = new float[600], nested = new float[3];
        byte[] codes = new byte[600];
        float offset = NestedScales.OffsetOf(absmax);
        NestedScales.Quantise(absmax, offset, codes, nested);
        NestedScales.Dequantise(EightBitMap.DynamicSigned, codes, nested, NestedScales.BlockSize, offset, 0, back);
        float[] piece = new float[3];
        NestedScales.Dequantise(EightBitMap.DynamicSigned, codes, nested, NestedScales.BlockSize, offset, 254, piece);
        piece.ShouldBe(back[254..257]);
        for (int i = 0; i < 600; i++) back[i].ShouldBe(absmax[i], 0.015f * nested[i / 256]);
    }

    private static (byte[] Packed, float[] Absmax) Quantise(FourBitTable table, float[] x, int blockSize)
    {
        byte[] packed = new byte[FourBitBlocks.NumBytes(x.Length)];
        float[] absmax = new float[EightBitBlocks.NumBlocks(x.Length, blockSize)];
        FourBitBlocks.Quantise(table, x, blockSize, packed, absmax);
        return (packed, absmax);
    }
}
