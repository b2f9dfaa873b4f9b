using TuneSharp.Inference.Generation;
using TuneSharp.Inference.Sampling;
using TuneSharp.Models;
using TuneSharp.Tokenizers;

namespace TuneSharp.Inference.Beams;

/// <summary>Beam search with text around it: stop strings, decoding, the reason why each text ended.</summary>
internal sealed class BeamTexts(ICausalLm model, Tokenizer tokenizer, SamplingScope scope) : IDisposable
{
    private readonly BeamSearch search = new(model);

    public IReadOnlyList<GeneratedText> Generate(
        IReadOnlyList<IReadOnlyList<int>> prompts, SamplingSettings settings, Action<int, string>? emit, Action<int>? finished, CancellationToken cancellation)
    {
        Func<int[], bool>? stops = settings.Stop.Count == 0 ? null : ids =>
        {
            string text = tokenizer.Decode(ids);
            return settings.Stop.Any(stop => text.Contains(stop, StringComparison.Ordinal));
        };
        IReadOnlyList<IReadOnlyList<BeamHypothesis>> found = search.Run(prompts, settings, scope, stops, null, cancellation);
        var texts = new GeneratedText[found.Count];
        for (int r = 0; r < texts.Length; r++)
        {
            GeneratedText[] all = [.. found[r].Select(hypothesis => ToText(hypothesis, settings, cancellation.IsCancellationRequested))];
            texts[r] = all[0] with { Others = all[1..] };
            if (texts[r].Text.Length > 0) emit?.Invoke(r, texts[r].Text);
            finished?.Invoke(r);
        }
        return texts;
    }

    public void Dispose() => search.Dispose();

    private GeneratedText ToText(BeamHypothesis hypothesis, SamplingSettings settings, bool cancelled)
    {
        var stops = new StopStrings(settings.Stop);
        int[] written = [.. hypothesis.EndedByToken ? hypothesis.Ids.SkipLast(1) : hypothesis.Ids];
        string text = stops.Push(tokenizer.Decode(written)) + stops.Finish();
        FinishReason reason = stops.StoppedBy is not null ? FinishReason.StopString : hypothesis.EndedByToken ? FinishReason.EndToken : cancelled ? FinishReason.Cancelled : FinishReason.Length;
        return new GeneratedText(text, hypothesis.Ids, reason) { Score = hypothesis.Score };
    }
}
