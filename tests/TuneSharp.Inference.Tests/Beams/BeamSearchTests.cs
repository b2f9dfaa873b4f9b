using TorchSharp;
using TuneSharp.Inference.Beams;
using TuneSharp.Inference.Generation;
using TuneSharp.Inference.Sampling;
using TuneSharp.Inference.Tests.Generation;
using TuneSharp.Models;
using TuneSharp.Nn;

namespace TuneSharp.Inference.Tests.Beams;

public sealed class BeamSearchTests
{
    private static SamplingSettings Beams(int beams, int tokens) => SamplingSettings.Greedy(tokens) with { NumBeams = beams, NumReturnSequences = beams };

    [Fact]
    public void With_as_many_beams_as_tokens_it_finds_what_trying_everything_finds()
    {
        using ICausalLm model = TinyModel.Create();
        using var search = new BeamSearch(model);
        int vocabulary = model.Shape.VocabularySize;
        int[] prompt = [5, 6, 7];
        IReadOnlyList<BeamHypothesis> found = search.Run([prompt], Beams(256, 2) with { NumReturnSequences = 3, LengthPenalty = 0 }, SamplingScope.None)[0];

        double[] first = LogProbabilities(model, [prompt])[0];
        double[][] second = LogProbabilities(model, [.. Enumerable.Range(0, vocabulary).Select(id => (int[])[.. prompt, id])]);
        (int A, int B, double Score)[] all = [.. Enumerable.Range(0, vocabulary).SelectMany(a => Enumerable.Range(0, vocabulary).Select(b => (a, b, first[a] + second[a][b])))];
        (int A, int B, double Score)[] best = [.. all.OrderByDescending(t => t.Score).Take(3)];
        found.Select(f => (f.Ids[0], f.Ids[1])).ShouldBe(best.Select(b => (b.A, b.B)));
        for (int i = 0; i < 3; i++) found[i].Score.ShouldBe(best[i].Score, 1e-4);
    }

    [Fact]
    public void Prompts_of_a_batch_do_not_influence_each_other()
    {
        using ICausalLm model = TinyModel.Create();
        using var search = new BeamSearch(model);
        int[][] prompts = [[5], [6, 7, 8, 9, 10], [40, 41]];
        int end = search.Run([prompts[1]], Beams(3, 6), SamplingScope.None)[0][0].Ids[3];
        var scope = new SamplingScope([end]);
        IReadOnlyList<IReadOnlyList<BeamHypothesis>> together = search.Run(prompts, Beams(3, 6), scope);
        for (int r = 0; r < prompts.Length; r++)
        {
            IReadOnlyList<BeamHypothesis> alone = search.Run([prompts[r]], Beams(3, 6), scope)[0];
            together[r].Select(h => string.Join(' ', h.Ids)).ShouldBe(alone.Select(h => string.Join(' ', h.Ids)));
            for (int i = 0; i < alone.Count; i++) together[r][i].Score.ShouldBe(alone[i].Score, 1e-4);
        }
    }

    [Fact]
    public void A_score_is_the_mean_log_probability_of_its_text()
    {
        using ICausalLm model = TinyModel.Create();
        using var search = new BeamSearch(model);
        int[] prompt = [5, 6, 7];
        foreach (BeamHypothesis text in search.Run([prompt], Beams(4, 5), SamplingScope.None)[0])
        {
            double sum = 0;
            for (int i = 0; i < text.Ids.Count; i++) sum += LogProbabilities(model, [[.. prompt, .. text.Ids.Take(i)]])[0][text.Ids[i]];
            text.Score.ShouldBe(sum / text.Ids.Count, 1e-4);
        }
    }

    [Fact]
    public void Texts_end_at_stop_strings_and_are_given_in_order()
    {
        using ICausalLm model = TinyModel.Create();
        using var generator = new TextGenerator(model, TinyModel.Tokenizer, []);
        SamplingSettings settings = Beams(4, 12);
        GeneratedText plain = generator.Generate([5, 6], settings);
        plain.Others.Count.ShouldBe(3);
        plain.Others.Prepend(plain).Select(t => t.Score!.Value).ShouldBeInOrder(SortDirection.Descending);
        plain.Finish.ShouldBe(FinishReason.Length);

        string stop = plain.Text[2..4];
        GeneratedText stopped = generator.Generate([5, 6], settings with { Stop = [stop] });
        stopped.Others.Prepend(stopped).ShouldAllBe(t => !t.Text.Contains(stop, StringComparison.Ordinal));
        stopped.Others.Prepend(stopped).ShouldContain(t => t.Finish == FinishReason.StopString);
    }

    [Fact]
    public void Processors_act_on_log_probabilities_and_a_full_context_ends()
    {
        using ICausalLm model = TinyModel.Create();
        using var search = new BeamSearch(model);
        int[] prompt = [.. Enumerable.Range(0, TinyModel.Context - 4).Select(i => 3 + i % 50)];
        BeamHypothesis plain = search.Run([prompt], Beams(3, 100), SamplingScope.None)[0][0];
        plain.Ids.Count.ShouldBe(4);
        BeamHypothesis without = search.Run([prompt], Beams(3, 100) with { SuppressTokens = new TokenIds([plain.Ids[0]]) }, SamplingScope.None)[0][0];
        without.Ids.ShouldNotContain(plain.Ids[0]);
    }

    private static double[][] LogProbabilities(ICausalLm model, IReadOnlyList<int[]> rows)
    {
        using Workspace workspace = model.CreateWorkspace();
        using DisposeScope scope = torch.NewDisposeScope();
        using TokenBatch batch = TokenBatch.FromRows(rows);
        using var tape = new Tape(workspace, recording: false);
        torch.Tensor logits = model.Head.Forward(tape, model.Hidden(tape, batch)).Data.to(torch.ScalarType.Float64).log_softmax(-1);
        return [.. batch.Rows.Select(row => logits[row.Start + row.Length - 1].data<double>().ToArray())];
    }
}
