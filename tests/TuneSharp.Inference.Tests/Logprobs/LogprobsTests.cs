using System.Text;
using TuneSharp.Inference.Generation;
using TuneSharp.Inference.Logprobs;
using TuneSharp.Inference.Sampling;
using TuneSharp.Inference.Tests.Generation;
using TuneSharp.Models;

namespace TuneSharp.Inference.Tests.Logprobs;

public sealed class LogprobsTests
{
    [Fact]
    public void Each_token_has_the_log_probability_of_the_raw_scores()
    {
        float[] logits = [1, 3, 2, 3];
        TokenLogprob token = TokenLogprob.From(logits, 0, 3);
        double total = Math.Log(logits.Sum(l => Math.Exp(l)));
        token.Logprob.ShouldBe(1 - total, 1e-12);
        token.Top.Select(t => t.Id).ShouldBe([1, 3, 2]);
        token.Top[2].Logprob.ShouldBe(2 - total, 1e-12);
        TokenLogprob.From(logits, 2, 0).Top.ShouldBeEmpty();
    }

    [Fact]
    public void A_generated_text_has_one_for_each_id_whatever_the_processors_do()
    {
        using ICausalLm model = TinyModel.Create();
        using var generator = new TextGenerator(model, TinyModel.Tokenizer, []);
        GeneratedText text = generator.Generate([5, 6], new SamplingSettings { Temperature = 2, TopK = 5, MaxNewTokens = 9, Logprobs = 5 });
        text.Logprobs.Select(t => t.Id).ShouldBe(text.Ids);
        // Only the five best could be drawn, by their raw order.
        text.Logprobs.ShouldAllBe(t => t.Top.Any(top => top.Id == t.Id && top.Logprob == t.Logprob));
        generator.Generate([5, 6], SamplingSettings.Greedy(3)).Logprobs.ShouldBeEmpty();
    }

    [Fact]
    public void The_forms_of_the_api_show_bytes_of_broken_characters()
    {
        byte[][] bytes = [Encoding.UTF8.GetBytes("Hi"), [0xE4], Encoding.UTF8.GetBytes(" 你")];
        var form = new OpenAiLogprobs(id => bytes[id]);
        TokenLogprob[] tokens = [new(0, -1, [(0, -1), (1, -2)]), new(1, -3, []), new(2, -0.5, [])];
        form.Chat(tokens).ToJsonString().ShouldContain("""{"token":"\uFFFD","logprob":-3,"bytes":[228],"top_logprobs":[]}""");
        form.Completion(tokens)["text_offset"]!.ToJsonString().ShouldBe("[0,2,3]");
        form.Completion(tokens)["top_logprobs"]![0]!.ToJsonString().ShouldBe("""{"Hi":-1,"\uFFFD":-2}""");
    }
}
