namespace TuneSharp.Tokenizers.PostProcessing;

internal static class BatchPadding
{
    public static IReadOnlyList<Encoding> Apply(IReadOnlyList<Encoding> batch, PaddingOptions options)
    {
        int length = options.Length ?? (batch.Count == 0 ? 0 : batch.Max(encoding => encoding.Count));
        if (options.PadToMultipleOf is > 0 and int multiple) length = (length + multiple - 1) / multiple * multiple;
        return [.. batch.Select(encoding => encoding.Pad(length, options))];
    }
}
