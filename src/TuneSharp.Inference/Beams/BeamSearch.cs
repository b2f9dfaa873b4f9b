// R = prompts, B = beams, V = vocabulary
using System.Runtime.InteropServices;
using TorchSharp;
using TuneSharp.Inference.Generation;
using TuneSharp.Inference.Sampling;
using TuneSharp.Models;
using TuneSharp.Nn;

namespace TuneSharp.Inference.Beams;

/// <summary>
/// The most likely texts as a whole. Rules and numbers are those of transformers' beam search: log-probabilities, then the
/// processors, then the sum. Prompts of a batch do not influence each other. Serves one caller at a time, on the caller's thread.
/// </summary>
/// <param name="model">Not disposed here.</param>
public sealed class BeamSearch(ICausalLm model) : IDisposable
{
    private readonly Workspace workspace = model.CreateWorkspace();

    /// <param name="prompts">Each at least one id.</param>
    /// <param name="settings">Beams and processors; the temperature is 0.</param>
    /// <param name="scope">End ids and tokenizer.</param>
    /// <param name="stops">Whether generated ids hold a stop text; null where there is none.</param>
    /// <param name="progress">Told after each step how many tokens the open texts have; may be null.</param>
    /// <param name="cancellation">Ends all texts early.</param>
    /// <returns>For each prompt <see cref="SamplingSettings.NumReturnSequences"/> texts, best first; fewer when fewer exist.</returns>
    /// <exception cref="Formats.InvalidInputException">Settings or a prompt cannot be used.</exception>
    public IReadOnlyList<IReadOnlyList<BeamHypothesis>> Run(
        IReadOnlyList<IReadOnlyList<int>> prompts, SamplingSettings settings, SamplingScope scope, Func<int[], bool>? stops = null, Action<int>? progress = null, CancellationToken cancellation = default)
    {
        settings.Validate();
        foreach (IReadOnlyList<int> prompt in prompts) PromptCheck.Check(prompt, model);
        IReadOnlySet<int> ends = scope.EndIds.ToHashSet();
        IReadOnlyList<ILogitsProcessor> processors = SamplingPipeline.Create(settings, scope);
        int beams = settings.NumBeams, context = model.MaxTokens;
        BeamGroup[] groups = [.. prompts.Select(prompt => new BeamGroup(settings, Math.Min(settings.MaxNewTokens, context - prompt.Count), ends))];
        int room = (int)Math.Min(context, (long)prompts.Max(p => p.Count) + settings.MaxNewTokens);
        using KvCache cache = model.CreateCache(room, prompts.Count * beams);

        // Row r · B + b of the cache is beam b of prompt r. The prompt is read once, by beam 0.
        var unread = new int[prompts.Count * beams][];
        Array.Fill(unread, []);
        for (int r = 0; r < prompts.Count; r++) unread[r * beams] = [.. prompts[r]];
        for (int step = 1; groups.Any(group => !group.Done); step++)
        {
            if (cancellation.IsCancellationRequested)
            {
                foreach (BeamGroup group in groups.Where(group => !group.Done)) group.GiveUp();
                break;
            }
            float[]?[] scores = Read(unread, cache);
            var from = new int[unread.Length];
            for (int r = 0; r < groups.Length; r++)
            {
                for (int b = 0; b < beams; b++) (from[r * beams + b], unread[r * beams + b]) = (r * beams + b, []);
                BeamGroup group = groups[r];
                if (group.Done) continue;
                var scores_BV = new float[group.Open.Count][];
                for (int b = 0; b < scores_BV.Length; b++)
                {
                    scores_BV[b] = scores[r * beams + b]!;
                    Distribution.LogSoftmax(scores_BV[b]);
                    int[] ids = [.. prompts[r], .. group.Open[b].Ids];
                    foreach (ILogitsProcessor processor in processors) processor.Apply(new SamplingContext(ids, prompts[r].Count), scores_BV[b]);
                }
                group.Advance(scores_BV, stops ?? (_ => false));
                if (group.Done) continue;
                for (int b = 0; b < group.Open.Count; b++)
                {
                    from[r * beams + b] = r * beams + group.Open[b].Parent;
                    unread[r * beams + b] = [group.Open[b].Ids[^1]];
                }
            }
            cache.Reorder(from);
            progress?.Invoke(step);
        }
        return [.. groups.Select(group => (IReadOnlyList<BeamHypothesis>)[.. group.Finished.Take(settings.NumReturnSequences)])];
    }

    public void Dispose() => workspace.Dispose();

    /// <summary>One pass over what is unread; scores behind each row's last token, null for rows without any.</summary>
    private float[]?[] Read(int[][] unread, KvCache cache)
    {
        using DisposeScope disposal = torch.NewDisposeScope();
        using TokenBatch batch = TokenBatch.FromRows(unread);
        using var tape = new Tape(workspace, recording: false);
        Var hidden_TD = model.Hidden(tape, batch, cache);
        int[] live = [.. Enumerable.Range(0, unread.Length).Where(row => unread[row].Length > 0)];
        long[] last_L = Array.ConvertAll(live, row => (long)(batch.Rows[row].Start + batch.Rows[row].Length - 1));
        Var logits_LV = model.Head.Forward(tape, tape.Leaf(hidden_TD.Data.index_select(0, torch.tensor(last_L))));
        torch.Tensor wide_LV = logits_LV.Data.to(torch.ScalarType.Float32);
        var scores = new float[]?[unread.Length];
        for (int i = 0; i < live.Length; i++) scores[live[i]] = MemoryMarshal.Cast<byte, float>(wide_LV[i].bytes).ToArray();
        return scores;
    }
}
