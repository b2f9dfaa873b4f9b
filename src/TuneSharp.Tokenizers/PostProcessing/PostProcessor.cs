namespace TuneSharp.Tokenizers.PostProcessing;

/// <summary>Adds special tokens around one or two texts and settles type ids and offsets. Gets and gives the parts in order.</summary>
internal abstract class PostProcessor
{
    public abstract List<EncodingDraft> Apply(List<EncodingDraft> parts, bool addSpecialTokens);

    /// <summary>How many tokens are inserted: truncation leaves room for them.</summary>
    public abstract int CountAdded(bool pair);
}

internal sealed class SequencePostProcessor(IReadOnlyList<PostProcessor> steps) : PostProcessor
{
    public override List<EncodingDraft> Apply(List<EncodingDraft> parts, bool addSpecialTokens)
    {
        foreach (PostProcessor step in steps) parts = step.Apply(parts, addSpecialTokens);
        return parts;
    }

    public override int CountAdded(bool pair) => steps.Sum(step => step.CountAdded(pair));
}
