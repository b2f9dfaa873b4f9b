using TuneSharp.Formats;

namespace TuneSharp.Tokenizers.PostProcessing;

/// <summary>Shortens one or two drafts; what is cut off becomes further windows.</summary>
internal static class Truncator
{
    public static List<EncodingDraft> Apply(List<EncodingDraft> parts, TruncationOptions options, int maxLength)
    {
        if (maxLength <= 0) return [.. parts.Select(part => Cut(part, 0, options))];
        int total = parts.Sum(part => part.Tokens.Count);
        int excess = total - maxLength;
        if (excess <= 0) return parts;
        switch (options.Strategy)
        {
            case TruncationStrategy.LongestFirst when parts.Count == 1:
                return [Cut(parts[0], maxLength, options)];
            case TruncationStrategy.LongestFirst:
                (int first, int second) = Share(parts[0].Tokens.Count, parts[1].Tokens.Count, maxLength);
                return [Cut(parts[0], first, options), Cut(parts[1], second, options)];
            default:
                int index = options.Strategy == TruncationStrategy.OnlyFirst ? 0 : 1;
                if (index >= parts.Count)
                    throw new InvalidInputException("Truncation of the second text was asked for, and there is only one.", null, "Use the strategy OnlyFirst or LongestFirst.");
                int length = parts[index].Tokens.Count;
                if (length <= excess)
                    throw new InvalidInputException(
                        $"The text to be shortened has {length} tokens, and {excess} would have to go to fit into {options.MaxLength}.", null,
                        "Raise the maximum length or use the strategy LongestFirst.");
                List<EncodingDraft> result = [.. parts];
                result[index] = Cut(parts[index], length - excess, options);
                return result;
        }
    }

    /// <summary>The shorter text keeps all it can; when both are too long each gets half, the longer one the odd token.</summary>
    private static (int First, int Second) Share(int first, int second, int maxLength)
    {
        bool swapped = first > second;
        (int shorter, int longer) = swapped ? (second, first) : (first, second);
        longer = shorter > maxLength ? shorter : Math.Max(shorter, maxLength - shorter);
        if (shorter + longer > maxLength)
        {
            shorter = maxLength / 2;
            longer = shorter + maxLength % 2;
        }
        return swapped ? (longer, shorter) : (shorter, longer);
    }

    private static EncodingDraft Cut(EncodingDraft draft, int maxLength, TruncationOptions options)
    {
        int count = draft.Tokens.Count;
        if (maxLength >= count) return draft;
        if (maxLength == 0) return new EncodingDraft { Overflowing = [draft] };
        if (options.Stride >= maxLength)
            throw new InvalidInputException(
                $"Truncation with a stride of {options.Stride} leaves no progress: a window has room for {maxLength} tokens of the text.", null,
                "Choose a smaller stride or a larger maximum length.");
        int step = maxLength - options.Stride;
        var windows = new List<EncodingDraft>();
        if (options.Direction == TextSide.Right)
        {
            for (int start = 0; ; start += step)
            {
                int end = Math.Min(start + maxLength, count);
                windows.Add(new EncodingDraft { Tokens = draft.Tokens[start..end] });
                if (end == count) break;
            }
        }
        else
        {
            for (int end = count; ; end -= step)
            {
                int start = Math.Max(end - maxLength, 0);
                windows.Add(new EncodingDraft { Tokens = draft.Tokens[start..end] });
                if (start == 0) break;
            }
        }
        return new EncodingDraft { Tokens = windows[0].Tokens, Overflowing = windows[1..] };
    }
}
