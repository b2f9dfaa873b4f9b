namespace TuneSharp.Inference.Sampling;

/// <summary>
/// One step between a model's logits and the choice of the next token. Processors run in a fixed order
/// (<see cref="SamplingPipeline"/>), each over the whole vocabulary; a token that is ruled out gets negative infinity.
/// </summary>
public interface ILogitsProcessor
{
    /// <param name="context">What has been read and written so far.</param>
    /// <param name="scores_V">Scores of the next token, one a vocabulary entry; changed in place.</param>
    void Apply(in SamplingContext context, Span<float> scores_V);
}

/// <summary>The text so far as ids: the prompt, then what was generated.</summary>
/// <param name="ids">All ids, the prompt's first.</param>
/// <param name="promptLength">How many of them are the prompt.</param>
public readonly ref struct SamplingContext(ReadOnlySpan<int> ids, int promptLength)
{
    public ReadOnlySpan<int> Ids { get; } = ids;

    public int PromptLength { get; } = promptLength;

    public ReadOnlySpan<int> GeneratedIds => Ids[PromptLength..];
}
