using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Inference.Generation;
using TuneSharp.Inference.Sampling;
using TuneSharp.Models;
using TuneSharp.Nn;

namespace TuneSharp.Inference.Tests.Generation;

public sealed class TextGeneratorTests
{
    private static readonly int[] End = [TinyModel.Tokenizer.TokenToId("<end>")!.Value];

    [Fact]
    public void The_cache_changes_nothing()
    {
        using ICausalLm model = TinyModel.Create();
        using var decoder = new BatchDecoder(model);
        int[] prompt = TinyModel.Tokenizer.EncodeIds("the red kite");
        IReadOnlyList<int> cached = decoder.Run([prompt], 20, (_, _, logits) => TokenSampler.Best(logits))[0];

        var full = new List<int>(prompt);
        using Workspace workspace = model.CreateWorkspace();
        while (full.Count < prompt.Length + 20)
        {
            using DisposeScope scope = torch.NewDisposeScope();
            using TokenBatch batch = TokenBatch.FromRows([[.. full]]);
            using var tape = new Tape(workspace, recording: false);
            Var logits = model.Head.Forward(tape, model.Hidden(tape, batch));
            full.Add((int)logits.Data[^1].argmax().item<long>());
        }
        cached.ShouldBe(full);
    }

    [Fact]
    public void Rows_of_a_batch_do_not_see_each_other()
    {
        using ICausalLm model = TinyModel.Create();
        using var generator = new TextGenerator(model, TinyModel.Tokenizer, End);
        int[][] prompts = [.. new[] { "the", "the wind sings over the hill", "小明" }.Select(t => TinyModel.Tokenizer.EncodeIds(t))];
        IReadOnlyList<GeneratedText> together = generator.GenerateBatch(prompts, SamplingSettings.Greedy(12));
        for (int r = 0; r < prompts.Length; r++)
        {
            GeneratedText alone = generator.Generate(prompts[r], SamplingSettings.Greedy(12));
            together[r].Ids.ShouldBe(alone.Ids);
            together[r].Text.ShouldBe(alone.Text);
        }
    }

    [Fact]
    public void What_is_streamed_is_the_text_and_splits_no_character()
    {
        using ICausalLm model = TinyModel.Create();
        using var generator = new TextGenerator(model, TinyModel.Tokenizer, []);
        for (int seed = 0; seed < 30; seed++)
        {
            var pieces = new List<string>();
            GeneratedText text = generator.Generate(TinyModel.Tokenizer.EncodeIds("风"), new SamplingSettings { Temperature = 1.5, TopP = 1, MaxNewTokens = 24, Seed = seed }, pieces.Add);
            string.Concat(pieces).ShouldBe(text.Text);
            text.Text.ShouldBe(TinyModel.Tokenizer.Decode([.. text.Ids]));
            // Half a character would show as a lone surrogate.
            foreach (string piece in pieces.Where(p => p.Length > 0))
            {
                char.IsLowSurrogate(piece[0]).ShouldBeFalse();
                char.IsHighSurrogate(piece[^1]).ShouldBeFalse();
            }
        }
    }

    [Fact]
    public void The_seed_decides()
    {
        using ICausalLm model = TinyModel.Create();
        using var generator = new TextGenerator(model, TinyModel.Tokenizer, End);
        string Draw(long seed) => generator.Generate([5, 6], new SamplingSettings { Temperature = 1, MaxNewTokens = 20, Seed = seed }).Text;
        Draw(1).ShouldBe(Draw(1));
        new[] { Draw(1), Draw(2), Draw(3) }.Distinct().Count().ShouldBeGreaterThan(1);
    }

    [Fact]
    public void A_text_ends_for_the_reason_that_it_gives()
    {
        using ICausalLm model = TinyModel.Create();
        using var generator = new TextGenerator(model, TinyModel.Tokenizer, []);
        int[] prompt = TinyModel.Tokenizer.EncodeIds("the red");
        GeneratedText plain = generator.Generate(prompt, SamplingSettings.Greedy(10));
        plain.Finish.ShouldBe(FinishReason.Length);
        plain.Ids.Count.ShouldBe(10);

        using (var ending = new TextGenerator(model, TinyModel.Tokenizer, [plain.Ids[3]]))
        {
            GeneratedText ended = ending.Generate(prompt, SamplingSettings.Greedy(10));
            ended.Finish.ShouldBe(FinishReason.EndToken);
            ended.Ids.ShouldBe(plain.Ids.Take(plain.Ids.ToList().IndexOf(plain.Ids[3]) + 1));
        }
        string stop = plain.Text[^3..^1];
        GeneratedText stopped = generator.Generate(prompt, SamplingSettings.Greedy(10) with { Stop = [stop] });
        stopped.Finish.ShouldBe(FinishReason.StopString);
        stopped.Text.ShouldBe(plain.Text[..plain.Text.IndexOf(stop, StringComparison.Ordinal)]);

        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        generator.Generate(prompt, SamplingSettings.Greedy(10), cancellation: cancelled.Token).Finish.ShouldBe(FinishReason.Cancelled);
        generator.Generate(prompt, SamplingSettings.Greedy(1000)).Ids.Count.ShouldBe(TinyModel.Context - prompt.Length);
    }

    [Fact]
    public void Prompts_that_cannot_be_are_refused_with_a_sentence()
    {
        using ICausalLm model = TinyModel.Create();
        using var generator = new TextGenerator(model, TinyModel.Tokenizer, End);
        Should.Throw<InvalidInputException>(() => generator.Generate([], SamplingSettings.Greedy(1))).Message.ShouldContain("empty");
        Should.Throw<InvalidInputException>(() => generator.Generate(new int[TinyModel.Context], SamplingSettings.Greedy(1))).Message.ShouldContain("64");
        Should.Throw<InvalidInputException>(() => generator.Generate([100_000], SamplingSettings.Greedy(1))).Message.ShouldContain("100000");
    }

    [Fact]
    public void A_thousand_generations_leave_no_tensor_and_no_memory()
    {
        using ICausalLm model = TinyModel.Create();
        using var generator = new TextGenerator(model, TinyModel.Tokenizer, End);
        void Generate(int seed) => generator.Generate([1 + seed % 7, 5, 9], new SamplingSettings { Temperature = 1, MaxNewTokens = 8, Seed = seed });
        for (int i = 0; i < 200; i++) Generate(i);
        DisposeScopeManager.Statistics.Reset();
        long before = AnonymousKb();
        for (int i = 0; i < 1000; i++) Generate(i);
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(0);
        // glibc's heap breathes; a leak of one tensor a token would be 8,000 of them, tens of MB.
        (AnonymousKb() - before).ShouldBeLessThan(12 * 1024);
    }

    // Without what the managed heap would give back at its next collection.
    private static long AnonymousKb()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return long.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith("RssAnon:", StringComparison.Ordinal)).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1]);
    }
}
