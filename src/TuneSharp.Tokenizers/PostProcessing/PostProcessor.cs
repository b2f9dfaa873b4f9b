namespace TuneSharp.Tokenizers.PostProcessing;

/// <summary>Adds special tokens around one or two texts and settles type ids and offsets. Gets and gives the parts in order.</summary>
internal abstract class PostProcessor
{
    public abstract List<EncodingDraft> Apply(List<EncodingDraft> parts, TokenizerVocabulary vocabulary, bool addSpecialTokens);

    /// <summary>How many tokens are inserted: truncation leaves room for them.</summary>
    public abstract int CountAdded(bool pair);

    /// <summary>The ids that stand before and behind a single text.</summary>
    public virtual (int[] Before, int[] Behind) SingleAffixes => ([], []);
}

internal sealed class SequencePostProcessor(IReadOnlyList<PostProcessor> steps) : PostProcessor
{
    public override List<EncodingDraft> Apply(List<EncodingDraft> parts, TokenizerVocabulary vocabulary, bool addSpecialTokens)
    {
        foreach (PostProcessor step in steps) parts = step.Apply(parts, vocabulary, addSpecialTokens);
        return parts;
    }

    public override int CountAdded(bool pair) => steps.Sum(step => step.CountAdded(pair));

    public override (int[] Before, int[] Behind) SingleAffixes
    {
        get
        {
            (int[] Before, int[] Behind)[] all = [.. steps.Select(step => step.SingleAffixes)];
            return ([.. all.Reverse().SelectMany(a => a.Before)], [.. all.SelectMany(a => a.Behind)]);
        }
    }
}
