using System.Runtime.InteropServices;
using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Models;
using TuneSharp.Nn;

namespace TuneSharp.Inference.Generation;

/// <summary>
/// Reads prompts in one pass and then one token a row and pass, through a cache of keys and values. What the next token is,
/// and when a row ends, its caller decides. Serves one caller at a time, on the caller's thread.
/// </summary>
/// <param name="model">Not disposed here.</param>
public sealed class BatchDecoder(ICausalLm model) : IDisposable
{
    private readonly Workspace workspace = model.CreateWorkspace();

    /// <summary>Chooses the next id of a row from the scores behind its last token, or ends the row.</summary>
    /// <param name="row">Index into the prompts.</param>
    /// <param name="ids">The row so far.</param>
    /// <param name="logits_V">May be changed.</param>
    /// <returns>An id; null: the row has ended.</returns>
    public delegate int? Choose(int row, ReadOnlySpan<int> ids, Span<float> logits_V);

    /// <param name="prompts">Each at least one id.</param>
    /// <param name="maxNewTokens">The longest continuation.</param>
    /// <param name="choose">Asked for each row that has not ended.</param>
    /// <returns>Each row: its prompt and what was chosen.</returns>
    /// <exception cref="InvalidInputException">A prompt is empty, holds an id that the model does not have, or fills the context.</exception>
    public IReadOnlyList<IReadOnlyList<int>> Run(IReadOnlyList<IReadOnlyList<int>> prompts, int maxNewTokens, Choose choose)
    {
        foreach (IReadOnlyList<int> prompt in prompts) PromptCheck.Check(prompt, model);
        List<int>[] ids = [.. prompts.Select(p => new List<int>(p))];
        int[] unread = [.. ids.Select(row => row.Count)];
        int room = (int)Math.Min(model.MaxTokens, (long)prompts.Max(p => p.Count) + maxNewTokens);
        using KvCache cache = model.CreateCache(room, ids.Length);
        var logits_V = new float[model.Shape.VocabularySize];

        while (unread.Any(n => n > 0))
        {
            int[] live = [.. Enumerable.Range(0, ids.Length).Where(r => unread[r] > 0)];
            using DisposeScope scope = torch.NewDisposeScope();
            using TokenBatch batch = TokenBatch.FromRows([.. ids.Select((row, r) => row.GetRange(row.Count - unread[r], unread[r]).ToArray())]);
            using var tape = new Tape(workspace, recording: false);
            Var hidden_TD = model.Hidden(tape, batch, cache);
            long[] last_R = Array.ConvertAll(live, r => (long)(batch.Rows[r].Start + batch.Rows[r].Length - 1));
            Var logits_RV = model.Head.Forward(tape, tape.Leaf(hidden_TD.Data.index_select(0, torch.tensor(last_R))));
            torch.Tensor wide_RV = logits_RV.Data.to(torch.ScalarType.Float32);
            for (int i = 0; i < live.Length; i++)
            {
                List<int> row = ids[live[i]];
                MemoryMarshal.Cast<byte, float>(wide_RV[i].bytes).CopyTo(logits_V);
                int? next = choose(live[i], CollectionsMarshal.AsSpan(row), logits_V);
                if (next is int id) row.Add(id);
                // A full row ends without being read once more.
                unread[live[i]] = next is not null && row.Count < room && row.Count < prompts[live[i]].Count + maxNewTokens ? 1 : 0;
            }
        }
        return ids;
    }

    public void Dispose() => workspace.Dispose();
}
