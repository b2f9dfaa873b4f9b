namespace TuneSharp.Inference.Sampling;

/// <summary>What settings need to know of the model that is sampled from.</summary>
/// <param name="EndIds">Ids that end a text.</param>
/// <param name="Encode">Text to ids without special tokens around them; null where there is no tokenizer.</param>
public sealed record SamplingScope(IReadOnlyCollection<int> EndIds, Func<string, int[]>? Encode = null)
{
    public static SamplingScope None { get; } = new([]);
}
