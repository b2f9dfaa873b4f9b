using System.Text;
using TuneSharp.Inference.Logprobs;
using TuneSharp.Inference.Sampling;
using TuneSharp.Tokenizers;

namespace TuneSharp.Inference.Generation;

/// <summary>One text while it is written: what was drawn, what may be shown, why it ended.</summary>
internal sealed class GeneratedRow(int promptLength, SamplingSettings settings, Tokenizer tokenizer, IReadOnlySet<int> endIds, SamplingScope scope)
{
    private readonly TokenSampler sampler = new(settings, scope);
    private readonly List<TokenLogprob> logprobs = [];
    private readonly StreamingDecoder decoder = tokenizer.CreateStreamingDecoder(skipSpecialTokens: true);
    private readonly StopStrings stops = new(settings.Stop);
    private readonly StringBuilder text = new();
    private FinishReason? finish;

    public bool Ended => finish is not null;

    public FinishReason Finish => finish ?? FinishReason.Cancelled;

    public string Text => text.ToString();

    public IReadOnlyList<TokenLogprob> Logprobs => logprobs;

    /// <summary>The id that ended the row, which the decoder does not know of; empty if none did.</summary>
    public int[] EndId { get; private set; } = [];

    /// <summary>Chooses the next token.</summary>
    /// <param name="ids">The row so far, prompt first.</param>
    /// <param name="logits_V">Changed.</param>
    /// <param name="cancelled">The text ends here.</param>
    /// <param name="piece">What may be shown now.</param>
    public int? Choose(ReadOnlySpan<int> ids, Span<float> logits_V, bool cancelled, out string piece)
    {
        if (cancelled)
        {
            piece = End(FinishReason.Cancelled);
            return null;
        }
        float[] raw_V = settings.Logprobs is null ? [] : logits_V.ToArray();
        int id = sampler.Next(new SamplingContext(ids, promptLength), logits_V);
        if (settings.Logprobs is { } count) logprobs.Add(TokenLogprob.From(raw_V, id, count));
        if (endIds.Contains(id))
        {
            EndId = [id];
            piece = End(FinishReason.EndToken);
            return null;
        }
        piece = Show(stops.Push(decoder.Push(id) ?? ""));
        if (stops.StoppedBy is null) return id;
        EndId = [id];
        finish = FinishReason.StopString;
        return null;
    }

    /// <summary>Ends the text and gives what was held back.</summary>
    public string End(FinishReason reason)
    {
        string rest = stops.Push(decoder.Finish());
        finish = stops.StoppedBy is null ? reason : FinishReason.StopString;
        return Show(rest + stops.Finish());
    }

    private string Show(string piece)
    {
        text.Append(piece);
        return piece;
    }
}
