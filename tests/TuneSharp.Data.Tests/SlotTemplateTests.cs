using System.Text.Json.Nodes;
using TuneSharp.Data.Prompts;
using TuneSharp.Data.Rendering;
using TuneSharp.Data.Rendering.Slots;
using TuneSharp.Formats;
using TuneSharp.Tokenizers;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Data.Tests;

public sealed class SlotTemplateTests
{
    private static readonly Tokenizer s_tokenizer = TinyTokenizer.Instance;

    private static readonly ConversationRow s_twoTurns = Row(("user", "What do cows eat?", null), ("assistant", "Grass.", null), ("user", "And cats?", null), ("assistant", "Mice.", null));

    public static TheoryData<string> Names => [.. SlotTemplateCatalog.Names];

    private static ConversationRow Row(params (string Role, string Content, double? Weight)[] turns) =>
        new(new RowSource("rows.jsonl", 7, 8), [.. turns.Select(t => new Turn(new ChatMessage(t.Role, t.Content), t.Weight))]);

    private static RenderedExample Render(string template, ConversationRow row, Func<RenderingOptions, RenderingOptions>? change = null)
    {
        RenderingOptions options = RenderingOptions.From(new DataSettings { Dataset = "x", Template = template });
        return new ExampleRenderer(s_tokenizer, null, change is null ? options : change(options)).Render(row);
    }

    private static string[] Learned(RenderedExample rendered)
    {
        var runs = new List<string>();
        TrainingExample e = rendered.Example;
        for (int t = 0; t < e.Length; t++)
        {
            if (e.Labels[t] == TrainingExample.Ignored) continue;
            int start = t;
            while (t < e.Length && e.Labels[t] != TrainingExample.Ignored) t++;
            runs.Add(s_tokenizer.Decode(e.Labels.AsSpan(start..t), skipSpecialTokens: false));
        }
        return [.. runs];
    }

    [Fact]
    public void Render_Qwen_HasItsSystemTextAndLearnsAnswers()
    {
        RenderedExample rendered = Render("qwen", s_twoTurns);
        rendered.Text.ShouldBe("<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n<|im_start|>user\nWhat do cows eat?<|im_end|>\n<|im_start|>assistant\nGrass.<|im_end|>\n<|im_start|>user\nAnd cats?<|im_end|>\n<|im_start|>assistant\nMice.<|im_end|>\n");
        rendered.Rule.ShouldBe("template qwen");
        Learned(rendered).ShouldBe(["Grass.<|im_end|>\n", "Mice.<|im_end|>\n"]);
        Learned(Render("qwen", s_twoTurns, o => o with { LastTurnOnly = true })).ShouldBe(["Mice.<|im_end|>\n"]);
        Render("qwen", s_twoTurns, o => o with { System = "Be brief." }).Text.ShouldStartWith("<|im_start|>system\nBe brief.<|im_end|>\n");
        Learned(Render("qwen", Row(("user", "a", null), ("assistant", "bad", 0), ("user", "c", null), ("assistant", "good", 1)))).ShouldBe(["good<|im_end|>\n"]);
        TrainingExample all = Render("qwen", s_twoTurns, o => o with { TrainOnPrompt = true }).Example;
        all.Labels.ShouldBe(all.InputIds);
    }

    [Fact]
    public void Render_SystemInTheFirstQuestion()
    {
        ConversationRow row = Row(("system", "Be brief.", null), ("user", "a", null), ("assistant", "b", null));
        Render("llama2", row).Text.ShouldBe("[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\na [/INST]b<eos>");
    }

    [Fact]
    public void Render_EfficientEos_LabelsTheNextTurnsFirstToken()
    {
        RenderedExample rendered = Render("solar", s_twoTurns);
        rendered.Text.ShouldBe("### User:\nWhat do cows eat?\n\n### Assistant:\nGrass.### User:\nAnd cats?\n\n### Assistant:\nMice.<eos>");
        Learned(rendered).ShouldBe(["Grass.<eos>", "Mice.<eos>"]);    // the first end token is a label only
        rendered.Example.InputIds.Count(id => id == s_tokenizer.SpecialTokens.Eos!.Id).ShouldBe(1);
        Should.Throw<InvalidInputException>(() => Render("solar", s_twoTurns, o => o with { TrainOnPrompt = true })).Message.ShouldContain("train_on_prompt");
    }

    [Fact]
    public void Render_Cutoff_CutsTurnByTurnAndSaysSo()
    {
        int whole = Render("chatml", s_twoTurns).Example.Length;
        RenderedExample cut = Render("chatml", s_twoTurns, o => o with { Cutoff = whole / 2 });
        cut.Example.Length.ShouldBeLessThanOrEqualTo(whole / 2);
        cut.Problems.Single().Kind.ShouldBe(ProblemKind.Truncated);
        RenderedExample last = Render("chatml", s_twoTurns, o => o with { Cutoff = whole / 2, LastTurnOnly = true });
        Learned(last).ShouldBe(["Mice.<|im_end|>\n"]);    // the last turn has precedence
        Render("chatml", s_twoTurns, o => o with { Cutoff = whole }).Problems.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(10, 4, 20, 10, 4)]
    [InlineData(30, 4, 20, 16, 4)]
    [InlineData(4, 30, 20, 4, 16)]
    [InlineData(30, 30, 20, 10, 10)]
    public void Keep_SharesTheBudget(int source, int target, int cutoff, int keptSource, int keptTarget) =>
        TurnTruncation.Keep(source, target, cutoff).ShouldBe((keptSource, keptTarget));

    [Fact]
    public void Render_ToolCalls_AsEachFamilyWritesThem()
    {
        var calls = new JsonArray(new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = "weather", ["arguments"] = new JsonObject { ["place"] = "Köln", ["days"] = 2 } } });
        var row = new ConversationRow(new RowSource("x", 1, 1), [new Turn(new ChatMessage("user", "?")), new Turn(new ChatMessage("assistant", "") { Extra = new JsonObject { ["tool_calls"] = calls } }), new Turn(new ChatMessage("tool", "sun")), new Turn(new ChatMessage("tool", "rain")), new Turn(new ChatMessage("assistant", "Sunny."))])
        {
            Tools = new JsonArray(new JsonObject { ["name"] = "weather", ["description"] = "Tells it.", ["parameters"] = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["place"] = new JsonObject { ["type"] = "string", ["description"] = "Where" } }, ["required"] = new JsonArray("place") } }),
        };
        string qwen = Render("qwen", row).Text;
        qwen.ShouldContain("<tools>\n{\"type\": \"function\", \"function\": {\"name\": \"weather\", \"description\": \"Tells it.\"");
        qwen.ShouldContain("<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"place\": \"Köln\", \"days\": 2}}\n</tool_call><|im_end|>");
        qwen.ShouldContain("<tool_response>\nsun\n</tool_response>\n<tool_response>\nrain\n</tool_response><|im_end|>");
        string plain = Render("default", row).Text;
        plain.ShouldContain("> Tool Name: weather\nTool Description: Tells it.\nTool Args:\n  - place (string, required): Where\n\n");
        plain.ShouldContain("Action: weather\nAction Input: {\"place\": \"Köln\", \"days\": 2}");
        Render("mistral", row).Text.ShouldContain("[TOOL_CALLS] [{\"name\": \"weather\", \"arguments\": {\"place\": \"Köln\", \"days\": 2}}]<eos>[TOOL_RESULTS] {\"content\": sun");
        Render("llama3", row).Text.ShouldContain("{\"name\": \"weather\", \"parameters\": {\"place\": \"Köln\", \"days\": 2}}<|eot_id|>");
    }

    [Fact]
    public void Render_TurnsOutOfOrder_NamesTheRow()
    {
        string message = Should.Throw<InvalidInputException>(() => Render("qwen", Row(("user", "a", null), ("user", "b", null), ("assistant", "c", null)))).Message;
        message.ShouldContain("rows.jsonl, row 7");
        message.ShouldContain("take turns");
    }

    /// <summary>What is saved beside the result asks the model in the same words; a token that the tokenizer lacks is named before anything runs.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void SavedTemplate_GivesTheSameText(string name)
    {
        if (name.StartsWith("chatglm3", StringComparison.Ordinal))
        {
            Should.Throw<InvalidInputException>(() => Render(name, s_twoTurns)).Message.ShouldContain("needs the token");
            return;
        }
        ConversationRow row = Row(("system", "It's \"brief\".\n", null), ("user", "What do\\n cows eat?", null), ("assistant", "Grass.", null), ("user", "And cats?", null), ("assistant", "Mice.", null));
        RenderingOptions options = RenderingOptions.From(new DataSettings { Dataset = "x", Template = name });
        var renderer = new ExampleRenderer(s_tokenizer, null, options);
        foreach (ConversationRow each in (ConversationRow[])[row, s_twoTurns])
        {
            RenderedExample rendered = renderer.Render(each);
            rendered.Text.ShouldBe(new ExampleRenderer(s_tokenizer, ChatTemplate.Parse(renderer.Template.Source)).Render(each).Text);
            if (!rendered.Text.Contains("Grass.###", StringComparison.Ordinal)) rendered.Text.ShouldStartWith(renderer.RenderPrompt([.. each.Messages.SkipLast(1)]));
        }
    }

    [Fact]
    public void Resolve_UnknownTemplate_NamesTheKnownOnes()
    {
        string message = Should.Throw<InvalidInputException>(() => PromptTemplate.Resolve("qwem")).Message;
        message.ShouldContain("qwen");
        message.ShouldContain("alpaca-format");
        Should.Throw<InvalidInputException>(() => new DataSettings { Dataset = "x", Template = "missing.json" }.Validate()).Message.ShouldContain("missing.json");
    }
}
