namespace TuneSharp.Kernels.Tests;

public sealed class NarrowFloatTests
{
    [Fact]
    public void Every_eight_bit_float_is_itself_again()
    {
        for (int bits = 0; bits < 256; bits++)
        {
            float e4m3 = Float8.FromE4M3((byte)bits), e5m2 = Float8.FromE5M2((byte)bits);
            if (float.IsNaN(e4m3)) Float8.FromE4M3(Float8.ToE4M3(e4m3)).ShouldBe(float.NaN);
            else Float8.ToE4M3(e4m3).ShouldBe((byte)bits);
            if (float.IsNaN(e5m2)) Float8.FromE5M2(Float8.ToE5M2(e5m2)).ShouldBe(float.NaN);
            else Float8.ToE5M2(e5m2).ShouldBe((byte)bits);
        }
    }

    [Fact]
    public void Numbers_go_to_the_nearest_eight_bit_float_and_halves_to_the_even_one()
    {
        for (int bits = 0; bits < 0x7E; bits++)
        {
            float low = Float8.FromE4M3((byte)bits), high = Float8.FromE4M3((byte)(bits + 1)), middle = (low + high) / 2;
            Float8.ToE4M3(middle).ShouldBe((byte)(bits + (bits % 2)));
            Float8.ToE4M3(MathF.BitDecrement(middle)).ShouldBe((byte)bits);
            Float8.ToE4M3(-MathF.BitIncrement(middle)).ShouldBe((byte)(0x80 | (bits + 1)));
        }
        Float8.ToE4M3(1e9f).ShouldBe((byte)0x7E);
        Float8.ToE5M2(1e9f).ShouldBe((byte)0x7C);
        Float8.FromE8M0(127).ShouldBe(1);
    }

    [Fact]
    public void Bfloat16_is_rounded_alike_in_rows_and_alone()
    {
        float[] x = [.. Numbers.Normal(50), float.NaN, float.PositiveInfinity, 3.4e38f, 1e-40f, BitConverter.UInt32BitsToSingle(0x3F808000), BitConverter.UInt32BitsToSingle(0x3F818000)];
        ushort[] bits = new ushort[x.Length];
        NarrowFloats.ToBFloat16(x, bits);
        bits.ShouldBe(x.Select(NarrowFloats.ToBFloat16));
        bits[^2].ShouldBe((ushort)0x3F80);
        bits[^1].ShouldBe((ushort)0x3F82);
        float[] back = new float[x.Length];
        NarrowFloats.FromBFloat16(bits, back);
        for (int i = 0; i < 50; i++) back[i].ShouldBe(x[i], Math.Abs(x[i]) / 256);
    }
}
