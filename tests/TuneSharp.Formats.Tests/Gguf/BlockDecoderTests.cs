using System.Diagnostics;
using TuneSharp.Formats.Gguf;
using TuneSharp.Formats.Gguf.Blocks;

namespace TuneSharp.Formats.Tests.Gguf;

/// <summary>The vectorised decoders against plain ones, number by number, on random bytes (recorded numbers: golden topic quant/gguf).</summary>
public sealed class BlockDecoderTests
{
    [Fact]
    public void Every_decoder_agrees_with_the_plain_one_bit_for_bit()
    {
        var random = new Random(1);
        foreach ((GgmlType type, Func<byte[], int, float> plain) in PlainBlocks.All)
        {
            byte[] blocks = new byte[40 * type.BlockBytes()];
            float[] values = new float[40 * type.BlockElements()];
            random.NextBytes(blocks);
            BlockDecoders.Find(type)!(blocks, values);
            for (int i = 0; i < values.Length; i++)
            {
                float expected = plain(blocks[(i / type.BlockElements() * type.BlockBytes())..], i % type.BlockElements());
                bool same = BitConverter.SingleToInt32Bits(values[i]) == BitConverter.SingleToInt32Bits(expected) || (float.IsNaN(values[i]) && float.IsNaN(expected));
                same.ShouldBeTrue($"{type}, number {i}: {values[i]:R} for {expected:R}");
            }
        }
    }

    [Fact]
    public void Every_half_precision_number_is_widened_exactly()
    {
        byte[] blocks = [.. Enumerable.Range(0, 65536).SelectMany(bits => BitConverter.GetBytes((ushort)bits))];
        float[] values = new float[65536];
        BlockDecoders.Find(GgmlType.F16)!(blocks, values);
        for (int bits = 0; bits < 65536; bits++)
        {
            float expected = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
            bool same = BitConverter.SingleToInt32Bits(values[bits]) == BitConverter.SingleToInt32Bits(expected) || (float.IsNaN(expected) && float.IsNaN(values[bits]));
            same.ShouldBeTrue($"{bits:x4}: {values[bits]:R} for {expected:R}");
        }
        float[] few = new float[3];
        BlockDecoders.Find(GgmlType.F16)!(blocks.AsSpan(2 * 0x3C00, 6), few);
        few.ShouldBe([1, 1.0009765625f, 1.001953125f]);
    }

    [Fact]
    public void Every_known_type_has_sizes_and_every_decoder_writes_all_numbers()
    {
        foreach (GgmlType type in BlockDecoders.Known)
        {
            byte[] blocks = new byte[3 * type.BlockBytes()];
            float[] values = new float[3 * type.BlockElements()];
            Array.Fill(values, float.NaN);
            BlockDecoders.Find(type)!(blocks, values);
            values.ShouldAllBe(value => value == 0, type.ToString());
        }
        GgmlTypes.FromId(4).ShouldBeNull();
        GgmlTypes.FromId(uint.MaxValue).ShouldBeNull();
    }

    [Fact(Explicit = true)]
    public void Speed()
    {
        foreach (GgmlType type in (GgmlType[])[GgmlType.F16, GgmlType.Q4_0, GgmlType.Q4_1, GgmlType.Q8_0, GgmlType.Q4_K, GgmlType.Q6_K])
        {
            byte[] blocks = new byte[(1 << 22) / type.BlockElements() * type.BlockBytes()];
            float[] values = new float[1 << 22];
            BlockDecoders.Find(type)!(blocks, values);
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < 10; i++) BlockDecoders.Find(type)!(blocks, values);
            TestContext.Current.TestOutputHelper!.WriteLine($"{type}: {10.0 * values.Length / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9:0.00} G numbers/s");
        }
    }
}
