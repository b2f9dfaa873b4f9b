namespace TuneSharp.Formats.Gguf.Blocks;

/// <summary>Blocks of 256 numbers that are −d, 0 or d. Source: ggml-quants.c of llama.cpp.</summary>
internal static class TernaryBlocks
{
    private static ReadOnlySpan<byte> PowersOf3 => [1, 3, 9, 27, 81];

    /// <summary>48 bytes of five digits in base 3, 4 bytes of four, d.</summary>
    public static void DecodeTQ1_0(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0; at < blocks.Length; at += 54)
        {
            float d = PlainNumbers.Half(blocks[(at + 52)..]);
            Digits(blocks.Slice(at, 32), 5, d, ref values);
            Digits(blocks.Slice(at + 32, 16), 5, d, ref values);
            Digits(blocks.Slice(at + 48, 4), 4, d, ref values);
        }
    }

    /// <summary>64 bytes of two-bit numbers, d; (q − 1)·d.</summary>
    public static void DecodeTQ2_0(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0, to = 0; at < blocks.Length; at += 66)
        {
            float d = PlainNumbers.Half(blocks[(at + 64)..]);
            for (int half = 0; half < 64; half += 32)
                for (int shift = 0; shift < 8; shift += 2)
                    for (int i = 0; i < 32; i++) values[to++] = (((blocks[at + half + i] >> shift) & 3) - 1) * d;
        }
    }

    /// <summary>A byte is a fraction of 256 in base 3: multiplied by 3^n, its upper part is digit n.</summary>
    private static void Digits(ReadOnlySpan<byte> packed, int digits, float d, ref Span<float> values)
    {
        for (int n = 0; n < digits; n++)
        {
            for (int i = 0; i < packed.Length; i++)
            {
                byte shifted = unchecked((byte)(packed[i] * PowersOf3[n]));
                values[i] = ((shifted * 3 >> 8) - 1) * d;
            }
            values = values[packed.Length..];
        }
    }
}
