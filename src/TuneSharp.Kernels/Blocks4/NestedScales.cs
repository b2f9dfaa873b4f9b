namespace TuneSharp.Kernels;

/// <summary>
/// Double quantisation: the scales of four-bit blocks, less their mean, as eight-bit codes in blocks of 256.
/// <code>
/// absmax_b = map[code_b] · nested_(b / 256) + offset
/// </code>
/// Saves 0.37 bits a number at a block size of 64. Source: QLoRA (Dettmers et al., 2023), section 3.
/// </summary>
public static class NestedScales
{
    /// <summary>Scales that share a scale of their own.</summary>
    public const int BlockSize = 256;

    /// <summary>What is taken off: the mean.</summary>
    public static float OffsetOf(ReadOnlySpan<float> absmax)
    {
        double sum = 0;
        foreach (float scale in absmax) sum += scale;
        return absmax.IsEmpty ? 0 : (float)(sum / absmax.Length);
    }

    /// <param name="absmax">Scales of blocks.</param>
    /// <param name="offset">What is taken off; see <see cref="OffsetOf"/>.</param>
    /// <param name="codes">One for each scale.</param>
    /// <param name="nested">One for each 256 scales.</param>
    /// <param name="rule">Which code a scale gets.</param>
    public static void Quantise(ReadOnlySpan<float> absmax, float offset, Span<byte> codes, Span<float> nested, CodeRule rule = CodeRule.Nearest)
    {
        float[] moved = new float[absmax.Length];
        for (int i = 0; i < moved.Length; i++) moved[i] = absmax[i] - offset;
        EightBitBlocks.Quantise(EightBitMap.DynamicSigned, moved, BlockSize, codes, nested, rule);
    }

    /// <summary>Writes the scales of blocks <paramref name="from"/> ….</summary>
    /// <param name="map">What the codes stand for.</param>
    /// <param name="codes">One for each scale of the tensor.</param>
    /// <param name="nested">One for each <paramref name="blockSize"/> scales.</param>
    /// <param name="blockSize">256, but for files that say something else.</param>
    /// <param name="offset">What was taken off.</param>
    /// <param name="from">The first block that is wanted.</param>
    /// <param name="absmax">Every element is overwritten.</param>
    public static void Dequantise(EightBitMap map, ReadOnlySpan<byte> codes, ReadOnlySpan<float> nested, int blockSize, float offset, int from, Span<float> absmax)
    {
        ReadOnlySpan<float> values = map.Values;
        for (int i = 0; i < absmax.Length; i++) absmax[i] = (values[codes[from + i]] * nested[(from + i) / blockSize]) + offset;
    }
}
