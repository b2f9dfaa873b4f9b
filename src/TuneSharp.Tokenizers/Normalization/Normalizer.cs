using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Normalization;

/// <summary>A step that rewrites text before it is split.</summary>
internal abstract class Normalizer
{
    /// <summary>The new text; the same object when nothing changes.</summary>
    public abstract AlignedText Apply(AlignedText text);

    /// <summary>A cheap test that may say no too often, never yes.</summary>
    public virtual bool LeavesUnchanged(ReadOnlySpan<byte> text) => false;
}

internal sealed class SequenceNormalizer(IReadOnlyList<Normalizer> steps) : Normalizer
{
    public IReadOnlyList<Normalizer> Steps { get; } = steps;

    public override AlignedText Apply(AlignedText text)
    {
        foreach (Normalizer step in Steps) text = step.Apply(text);
        return text;
    }
}
