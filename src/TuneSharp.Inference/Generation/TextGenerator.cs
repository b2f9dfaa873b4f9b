using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Inference.Sampling;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Tokenizers;

namespace TuneSharp.Inference.Generation;

/// <summary>
/// Writes answers with a model: one forward pass over the prompts, then one a token, through a cache of keys and values.
/// Serves one caller at a time, on the caller's thread.
/// </summary>
public sealed class TextGenerator : IDisposable
{
    private readonly ICausalLm model;
    private readonly Tokenizer tokenizer;
    private readonly IReadOnlySet<int> endIds;
    private readonly Workspace workspace;

    /// <param name="model">Not disposed here.</param>
    /// <param name="tokenizer">That of the model.</param>
    /// <param name="endIds">Ids that end a text; none is legal.</param>
    public TextGenerator(ICausalLm model, Tokenizer tokenizer, IEnumerable<int> endIds)
    {
        this.model = model;
        this.tokenizer = tokenizer;
        this.endIds = endIds.ToHashSet();
        workspace = model.CreateWorkspace();
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
        int room = model.Shape.MaxPositions;
        for (int r = 0; r < prompts.Count; r++) Check(prompts[r], room);
        GenerationRow[] rows = [.. prompts.Select((p, r) => new GenerationRow(p, settings with { Seed = unchecked(settings.Seed + r) & long.MaxValue }, tokenizer, endIds))];
        int longest = prompts.Max(p => p.Count);
        using KvCache cache = model.CreateCache(Math.Min(room, longest + settings.MaxNewTokens), rows.Length);
        var logits_V = new float[model.Shape.VocabularySize];

        while (rows.Any(row => !row.Ended))
        {
            int[][] next = Array.ConvertAll(rows, row => row.TakeUnread());
            using (var scope = torch.NewDisposeScope())
            using (TokenBatch batch = TokenBatch.FromRows(next))
            using (var tape = new Tape(workspace, recording: false))
            {
                int[] live = [.. Enumerable.Range(0, rows.Length).Where(r => next[r].Length > 0)];
                long[] last = Array.ConvertAll(live, r => (long)(batch.Rows[r].Start + batch.Rows[r].Length - 1));
                Var hidden_TD = model.Hidden(tape, batch, cache);
                Var logits_RV = model.Head.Forward(tape, tape.Leaf(hidden_TD.Data.index_select(0, torch.tensor(last))));
                torch.Tensor wide_RV = logits_RV.Data.to(torch.ScalarType.Float32);
                for (int i = 0; i < live.Length; i++)
                {
                    int r = live[i];
                    System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(wide_RV[i].bytes).CopyTo(logits_V);
                    string piece = rows[r].Continue(logits_V, cache.MaxTokens, cancellation.IsCancellationRequested);
                    if (piece.Length > 0) emit?.Invoke(r, piece);
                    if (rows[r].Ended) finished?.Invoke(r);
                }
            }
        }
        return [.. rows.Select(row => row.Result)];
    }

    public void Dispose() => workspace.Dispose();

    private void Check(IReadOnlyList<int> prompt, int room)
    {
        if (prompt.Count == 0) throw new InvalidInputException("The prompt is empty.", null, "Write at least one character.");
        if (prompt.Count >= room)
            throw new InvalidInputException($"The prompt has {prompt.Count:N0} tokens, and the model's context is {room:N0}: there is no room for an answer.", null, "Shorten it, or begin a new conversation.");
        foreach (int id in prompt)
        {
            if ((uint)id >= (uint)model.Shape.VocabularySize)
                throw new InvalidInputException($"The prompt holds the token id {id}, but the model has {model.Shape.VocabularySize:N0} tokens.", null, "Use the tokenizer that belongs to the model.");
        }
    }
}
