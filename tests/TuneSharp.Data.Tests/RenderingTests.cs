using TuneSharp.Data.Rendering;
using TuneSharp.Formats;
using TuneSharp.Tokenizers;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Data.Tests;

public class RenderingTests
{
    private const string ChatMl = "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

    private static readonly Tokenizer s_tokenizer = TinyTokenizer.Instance;

    private static ConversationRow Row(params (string Role, string Content, double? Weight)[] turns) =>
        new(new RowSource("rows.jsonl", 7, 8), [.. turns.Select(t => new Turn(new ChatMessage(t.Role, t.Content), t.Weight))]);

    private static readonly ConversationRow s_twoTurns = Row(("user", "What do cows eat?", null), ("assistant", "Grass.", null), ("user", "And cats?", null), ("assistant", "Mice.", null));

    // The learned tokens as text, one piece a run.
    private static string[] Learned(RenderedExample rendered)
    {
        var runs = new List<string>();
        TrainingExample e = rendered.Example;
        for (int t = 0; t < e.Length; t++)
        {
            if (e.Labels[t] == TrainingExample.Ignored) continue;
            e.Labels[t].ShouldBe(e.InputIds[t]);
            int start = t;
            while (t < e.Length && e.Labels[t] != TrainingExample.Ignored) t++;
            runs.Add(s_tokenizer.Decode(e.InputIds.AsSpan(start..t), skipSpecialTokens: false));
        }
        return [.. runs];
    }

    [Fact]
    public void Render_ChatMl_LearnsAnswersWithTheirEndToken()
    {
        RenderedExample rendered = new ExampleRenderer(s_tokenizer, ChatTemplate.Parse(ChatMl)).Render(s_twoTurns);
        rendered.Rule.ShouldBe("prefix rule");
        rendered.Problems.ShouldBeEmpty();
        s_tokenizer.Decode(rendered.Example.InputIds, skipSpecialTokens: false).ShouldBe(rendered.Text);
        Learned(rendered).ShouldBe(["Grass.<|im_end|>\n", "Mice.<|im_end|>\n"]);
        rendered.Example.Source.ShouldBe(new RowSource("rows.jsonl", 7, 8));
    }

    [Fact]
    public void Render_Options_LearnLessOrMore()
    {
        var template = ChatTemplate.Parse(ChatMl);
        Learned(new ExampleRenderer(s_tokenizer, template, new RenderingOptions { LastTurnOnly = true }).Render(s_twoTurns)).ShouldBe(["Mice.<|im_end|>\n"]);
        RenderedExample all = new ExampleRenderer(s_tokenizer, template, new RenderingOptions { TrainOnPrompt = true }).Render(s_twoTurns);
        all.Example.Labels.ShouldBe(all.Example.InputIds);
        all.Example.NumLabels.ShouldBe(all.Example.Length - 1);
        new ExampleRenderer(s_tokenizer, template, new RenderingOptions { System = "Be brief." }).Render(s_twoTurns).Text.ShouldStartWith("<|im_start|>system\nBe brief.<|im_end|>");
        new ExampleRenderer(s_tokenizer, template, new RenderingOptions { System = "Be brief." }).Render(Row(("system", "Own.", null), ("user", "a", null), ("assistant", "b", null))).Text.ShouldNotContain("brief");
    }

    [Fact]
    public void Render_WeightZero_IsContextOnly() => Learned(new ExampleRenderer(s_tokenizer, ChatTemplate.Parse(ChatMl)).Render(
        Row(("user", "a", null), ("assistant", "bad", 0), ("user", "c", null), ("assistant", "good", 1)))).ShouldBe(["good<|im_end|>\n"]);

    [Fact]
    public void Render_GenerationBlocks_AreTakenAsTheTemplateMarksThem()
    {
        const string marked = "{% for m in messages %}{% if m['role'] == 'assistant' %}{{ 'A: ' }}{% generation %}{{ m['content'] + '<eos>' }}{% endgeneration %}{% else %}{{ 'Q: ' + m['content'] + '\n' }}{% endif %}{% endfor %}";
        RenderedExample rendered = new ExampleRenderer(s_tokenizer, ChatTemplate.Parse(marked)).Render(s_twoTurns);
        rendered.Rule.ShouldBe("generation blocks");
        Learned(rendered).ShouldBe(["Grass.<eos>", "Mice.<eos>"]);
        Learned(new ExampleRenderer(s_tokenizer, ChatTemplate.Parse(marked), new RenderingOptions { LastTurnOnly = true }).Render(s_twoTurns)).ShouldBe(["Mice.<eos>"]);
    }

    [Fact]
    public void Render_WithoutTemplate_UsesThePlainPromptWithEos()
    {
        var renderer = new ExampleRenderer(s_tokenizer, template: null);
        RenderedExample rendered = renderer.Render(Row(("system", "You are a farmer.", null), ("user", "What do cows eat?", null), ("assistant", "Grass.", null), ("user", "And cats?", null), ("assistant", "Mice.", null)));
        rendered.Text.ShouldBe("You are a farmer.\n\n### Instruction:\nWhat do cows eat?\n\n### Response:\nGrass.<eos>\n\n### Instruction:\nAnd cats?\n\n### Response:\nMice.<eos>");
        Learned(rendered).ShouldBe(["Grass.<eos>", "Mice.<eos>"]);
        rendered.Example.InputIds[^1].ShouldBe(s_tokenizer.SpecialTokens.Eos!.Id);
        rendered.Text.ShouldStartWith(renderer.RenderPrompt([new ChatMessage("system", "You are a farmer."), new ChatMessage("user", "What do cows eat?")]));
        Should.Throw<InvalidInputException>(() => new ExampleRenderer(TinyTokenizer.WithoutEos, null)).Message.ShouldContain("end token");
    }

    [Fact]
    public void Render_TemplateThatOpensAnswersOtherwise_StillFindsTheAnswer()
    {
        // As reasoning templates do: the prompt opens a thought that a given answer does not have.
        const string thinking = "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n<think>\n' }}{% endif %}";
        Learned(new ExampleRenderer(s_tokenizer, ChatTemplate.Parse(thinking)).Render(s_twoTurns)).ShouldBe(["Grass.<|im_end|>\n", "Mice.<|im_end|>\n"]);
    }

    [Fact]
    public void Render_TemplateThatRewritesEarlierTurns_SaysWhatIsNotLearned()
    {
        const string rewriting = "{% for m in messages %}{{ '<|im_start|>' + m['role'] + loop.revindex|string + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant1\n' }}{% endif %}";
        RenderedExample rendered = new ExampleRenderer(s_tokenizer, ChatTemplate.Parse(rewriting)).Render(s_twoTurns);
        rendered.Example.NumLabels.ShouldBe(0);
        rendered.Problems.Single().Why.ShouldContain("2 of 2 answers cannot be located");
    }

    [Fact]
    public void Render_NoEndToken_Warns()
    {
        const string endless = "{% for m in messages %}{{ m['role'] + ': ' + m['content'] + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}";
        RenderedExample rendered = new ExampleRenderer(s_tokenizer, ChatTemplate.Parse(endless)).Render(s_twoTurns);
        rendered.Problems.Single().Kind.ShouldBe(ProblemKind.NoEndToken);
    }

    [Fact]
    public void Render_ControlTokenInAText_IsNamed()
    {
        RenderedExample rendered = new ExampleRenderer(s_tokenizer, ChatTemplate.Parse(ChatMl)).Render(Row(("user", "ignore <|im_end|> this", null), ("assistant", "ok", null)));
        rendered.Problems.Single().Why.ShouldContain("Message 1 holds the text '<|im_end|>'");
    }

    [Fact]
    public void Render_TemplateRefuses_NamesTheRow()
    {
        var template = ChatTemplate.Parse("{{ raise_exception('Roles must alternate') }}");
        var e = Should.Throw<InvalidInputException>(() => new ExampleRenderer(s_tokenizer, template).Render(s_twoTurns));
        e.Message.ShouldContain("rows.jsonl, row 7, line 8");
        e.Message.ShouldContain("Roles must alternate");
    }

    [Fact]
    public void Render_Text_IsLearnedWholeWithOneEos()
    {
        var renderer = new ExampleRenderer(s_tokenizer, null);
        int eos = s_tokenizer.SpecialTokens.Eos!.Id;
        foreach (string text in (string[])["The cat sat.", "The cat sat.<eos>"])
        {
            TrainingExample example = renderer.Render(new TextRow(new RowSource("a.txt", 1, 1), text)).Example;
            example.Labels.ShouldBe(example.InputIds);
            example.InputIds.Count(id => id == eos).ShouldBe(1);
        }
    }

    [Fact]
    public void RenderAll_AnyThreads_KeepsOrderAndReportsRefusals()
    {
        var template = ChatTemplate.Parse("{% if messages[0]['content'] == 'q13' %}{{ raise_exception('unlucky') }}{% endif %}" + ChatMl);
        var renderer = new ExampleRenderer(s_tokenizer, template);
        List<DatasetRow> rows = [.. Enumerable.Range(0, 300).Select(i => (DatasetRow)(Row(("user", $"q{i}", null), ("assistant", $"a{i}", null)) with { Source = new RowSource("r", i + 1, i + 1) }))];
        string?[] one = Texts(1), four = Texts(4);
        four.ShouldBe(one);
        one[13].ShouldBeNull();
        one[14]!.ShouldContain("q14");
        Should.Throw<InvalidInputException>(() => renderer.RenderAll(rows, 2).Count());

        string?[] Texts(int threads)
        {
            var refused = new List<DataProblem>();
            string?[] texts = [.. renderer.RenderAll(rows, threads, refused.Add).Select(r => r.Example?.Text)];
            refused.Single().Row.ShouldBe(14);
            return texts;
        }
    }

    // TRL: the ids of the prompt with its opening for an answer, and all behind them is learned, the line break after the end token too.
    [Fact]
    public void PromptAndCompletion_LearnAllBehindThePrompt()
    {
        const string marked = "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' }}{% if m['role'] == 'assistant' %}{% generation %}{{ m['content'] + '<|im_end|>' }}{% endgeneration %}{% else %}{{ m['content'] + '<|im_end|>' }}{% endif %}{{ '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";
        foreach (string template in (string[])[ChatMl, marked])
        {
            var renderer = new ExampleRenderer(s_tokenizer, ChatTemplate.Parse(template));
            RenderedExample rendered = renderer.Render(s_twoTurns with { PromptTurns = s_twoTurns.Turns.Count - 1 });
            string learned = string.Concat(TokenView.Of(rendered.Example, s_tokenizer).Where(t => t.IsLearned).Select(t => t.Text));
            learned.ShouldBe(s_twoTurns.Turns[^1].Message.Content + "<|im_end|>\\n");
            rendered.Rule.ShouldBe("completion");
        }
    }

    [Fact]
    public void TokenView_ShowsEveryTokenWithItsLabel()
    {
        RenderedExample rendered = new ExampleRenderer(s_tokenizer, ChatTemplate.Parse(ChatMl)).Render(s_twoTurns);
        IReadOnlyList<ViewedToken> tokens = TokenView.Of(rendered.Example, s_tokenizer);
        string.Concat(tokens.Select(t => t.Text)).ShouldBe(rendered.Text.Replace("\n", "\\n", StringComparison.Ordinal));
        tokens.Count(t => t.IsLearned).ShouldBe(rendered.Example.NumLabels);
        tokens[0].Token.ShouldBe("<|im_start|>");
    }
}
