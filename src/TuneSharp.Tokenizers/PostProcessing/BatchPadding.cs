namespace TuneSharp.Tokenizers.PostProcessing;

internal static class BatchPadding
{
    public static IReadOnlyList<Encoding> Apply(IReadOnlyList<Encoding> batch, PaddingOptions options)
    {
        int length = options.Length ?? (batch.Count == 0 ? 0 : batch.Max(encoding => encoding.Count));
        if (options.PadToMultipleOf is > 0 and int multiple) length = (length + multiple - 1) / multiple * multiple;
        return [.. batch.Select(encoding => Pad(encoding, length, options))];
    }

    private static Encoding Pad(Encoding encoding, int length, PaddingOptions options)
    {
        List<Encoding> windows = [.. encoding.Overflowing.Select(window => Pad(window, length, options))];
        int missing = Math.Max(0, length - encoding.Count);
        return new Encoding
        {
            Ids = Fill(encoding.Ids, options.PadId),
            Tokens = Fill(encoding.Tokens, options.PadToken),
            Offsets = Fill(encoding.Offsets, default),
            CodePointOffsets = Fill(encoding.CodePointOffsets, default),
            ByteOffsets = Fill(encoding.ByteOffsets, default),
            TypeIds = Fill(encoding.TypeIds, options.PadTypeId),
            SpecialTokensMask = Fill(encoding.SpecialTokensMask, 1),
            AttentionMask = Fill(encoding.AttentionMask, 0),
            WordIds = Fill(encoding.WordIds, null),
            SequenceIds = Fill(encoding.SequenceIds, null),
            Overflowing = windows,
        };

        T[] Fill<T>(T[] values, T padding)
        {
            T[] filler = new T[missing];
            Array.Fill(filler, padding);
            return options.Direction == TextSide.Right ? [.. values, .. filler] : [.. filler, .. values];
        }
    }
}
