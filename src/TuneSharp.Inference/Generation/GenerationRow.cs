using System.Text;
using TuneSharp.Inference.Sampling;
using TuneSharp.Tokenizers;

namespace TuneSharp.Inference.Generation;

/// <summary>One text while it is written: its ids, what the model has not read yet, what may be shown.</summary>
internal sealed class GenerationRow(IReadOnlyList<int> prompt, SamplingSettings settings, Tokenizer tokenizer, IReadOnlySet<int> endIds)
{
    private readonly List<int> ids = [.. prompt];
    private readonly TokenSampler sampler = new(settings);
    private readonly StreamingDecoder decoder = tokenizer.CreateStreamingDecoder(skipSpecialTokens: true);
    private readonly StopStrings stops = new(settings.Stop);
    private readonly StringBuilder text = new();
    private readonly int promptLength = prompt.Count;
    private int read;
    private FinishReason? finish;

    public bool Ended => finish is not null;

    public GeneratedText Result => new(text.ToString(), ids[promptLength..], finish ?? FinishReason.Cancelled);

    /// <summary>Ids that the model has to read next; none once the text has ended.</summary>
    public int[] TakeUnread()
    {
        if (Ended) return [];
        int[] unread = [.. ids.Skip(read)];
        read = ids.Count;
        return unread;
    }

    /// <summary>Chooses the next token.</summary>
    /// <param name="logits_V">Of the last token; changed.</param>
    /// <param name="room">Tokens that the cache holds.</param>
    /// <param name="cancelled">The text ends here.</param>
    /// <returns>What may be shown now.</returns>
    public string Continue(Span<float> logits_V, int room, bool cancelled)
    {
        if (cancelled) return End(FinishReason.Cancelled);
        int id = sampler.Next(new SamplingContext(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ids), promptLength), logits_V);
        ids.Add(id);
        if (endIds.Contains(id)) return End(FinishReason.EndToken);
        string shown = Show(stops.Push(decoder.Push(id) ?? ""));
        if (stops.StoppedBy is not null) return shown + End(FinishReason.StopString);
        return ids.Count - promptLength >= settings.MaxNewTokens || ids.Count >= room ? shown + End(FinishReason.Length) : shown;
    }

    private string End(FinishReason reason)
    {
        finish = reason;
        string rest = stops.Push(decoder.Finish());
        if (stops.StoppedBy is not null && reason != FinishReason.StopString) finish = FinishReason.StopString;
        return Show(rest + stops.Finish());
    }

    private string Show(string piece)
    {
        text.Append(piece);
        return piece;
    }
}
