using TuneSharp.Formats;
using TuneSharp.Inference.Beams;
using TuneSharp.Inference.Sampling;
using TuneSharp.Models;
using TuneSharp.Tokenizers;

namespace TuneSharp.Inference.Generation;

/// <summary>Writes answers with a model, as text. Serves one caller at a time, on the caller's thread.</summary>
public sealed class TextGenerator : IDisposable
{
    private readonly Tokenizer tokenizer;
    private readonly IReadOnlySet<int> endIds;
    private readonly SamplingScope scope;
    private readonly BatchDecoder decoder;
    private readonly BeamTexts beams;

    /// <param name="model">Not disposed here.</param>
    /// <param name="tokenizer">That of the model.</param>
    /// <param name="endIds">Ids that end a text; none is legal.</param>
    public TextGenerator(ICausalLm model, Tokenizer tokenizer, IEnumerable<int> endIds)
    {
        this.tokenizer = tokenizer;
        this.endIds = endIds.ToHashSet();
        scope = new SamplingScope([.. this.endIds], text => tokenizer.EncodeIds(text));
        decoder = new BatchDecoder(model);
        beams = new BeamTexts(model, tokenizer, scope);
    }

    /// <summary>One answer.</summary>
    /// <param name="prompt">At least one id.</param>
    /// <param name="settings">How to choose tokens and when to end.</param>
    /// <param name="emit">Gets the text as it grows, whole characters only; may be null.</param>
    /// <param name="cancellation">Ends the text early; what was written is returned.</param>
    /// <exception cref="InvalidInputException">The prompt is empty, holds an id that the model does not have, or fills the context.</exception>
    public GeneratedText Generate(IReadOnlyList<int> prompt, SamplingSettings settings, Action<string>? emit = null, CancellationToken cancellation = default) =>
        GenerateBatch([prompt], settings, emit is null ? null : (_, piece) => emit(piece), null, cancellation)[0];

    /// <summary>
    /// Answers to several prompts in one batch: as many tokens a pass as there are rows that go on. Row r draws with seed + r.
    /// Beam search shows a text when it is chosen, not while it grows.
    /// </summary>
    /// <param name="prompts">Each at least one id.</param>
    /// <param name="settings">How to choose tokens and when to end.</param>
    /// <param name="emit">Gets (row, piece of text); may be null.</param>
    /// <param name="finished">Told of each row that has ended; may be null.</param>
    /// <param name="cancellation">Ends all texts early.</param>
    public IReadOnlyList<GeneratedText> GenerateBatch(
        IReadOnlyList<IReadOnlyList<int>> prompts, SamplingSettings settings, Action<int, string>? emit = null, Action<int>? finished = null, CancellationToken cancellation = default)
    {
        settings.Validate();
        if (settings.NumBeams > 1) return beams.Generate(prompts, settings, emit, finished, cancellation);
        GeneratedRow[] rows = [.. prompts.Select((p, r) => new GeneratedRow(p.Count, settings with { Seed = (settings.Seed + r) & long.MaxValue }, tokenizer, endIds, scope))];
        IReadOnlyList<IReadOnlyList<int>> ids = decoder.Run(prompts, settings.MaxNewTokens, (r, soFar, logits_V) =>
        {
            int? next = rows[r].Choose(soFar, logits_V, cancellation.IsCancellationRequested, out string piece);
            if (piece.Length > 0) emit?.Invoke(r, piece);
            if (rows[r].Ended) finished?.Invoke(r);
            return next;
        });
        var texts = new GeneratedText[rows.Length];
        for (int r = 0; r < rows.Length; r++)
        {
            // Rows that the decoder ended, because they are full, have not shown what they held back.
            if (!rows[r].Ended)
            {
                string rest = rows[r].End(FinishReason.Length);
                if (rest.Length > 0) emit?.Invoke(r, rest);
                finished?.Invoke(r);
            }
            texts[r] = new GeneratedText(rows[r].Text, [.. ids[r].Skip(prompts[r].Count), .. rows[r].EndId], rows[r].Finish) { Logprobs = rows[r].Logprobs };
        }
        return texts;
    }

    public void Dispose()
    {
        decoder.Dispose();
        beams.Dispose();
    }
}
