namespace TuneSharp.Data.Rendering;

/// <summary>Labels by a run of token ids that opens the answer, as TRL's former DataCollatorForCompletionOnlyLM set them.</summary>
public static class ResponseTemplateMask
{
    /// <returns>What follows the last occurrence of <paramref name="template"/> is learned; nothing if it does not occur.</returns>
    public static int[] Labels(ReadOnlySpan<int> ids, ReadOnlySpan<int> template)
    {
        int[] labels = ids.ToArray();
        int last = template.IsEmpty ? -1 : ids.LastIndexOf(template);
        labels.AsSpan(0, last < 0 ? labels.Length : last + template.Length).Fill(TrainingExample.Ignored);
        return labels;
    }
}
