using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Tokenizers.Tests.ChatTemplates;

/// <summary>What a chat template is given, and the rules around generation prompts, continued messages and assistant spans.</summary>
public sealed class ChatTemplateTests
{
    private const string Simple = """
        {{ bos_token }}{% for m in messages %}<{{ m.role }}>{% if m.role == 'assistant' %}{% generation %}{{ m.content }}{{ eos_token }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}

        {% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}
        """;

    private static readonly ChatMessage[] s_conversation =
        [new("system", "Be brief."), new("user", "你好 😀?"), new("assistant", "Yes 😀."), new("user", "Why?"), new("assistant", "So.")];

    private static RenderedChat Render(string template, ChatTemplateInput input) => ChatTemplate.Parse(template).Render(input);

    [Fact]
    public void A_conversation_is_rendered_with_special_tokens_and_spans()
    {
        var tokens = new Dictionary<string, string>(StringComparer.Ordinal) { ["bos_token"] = "<s>", ["eos_token"] = "</s>" };
        RenderedChat chat = Render(Simple, new ChatTemplateInput(s_conversation) { SpecialTokens = tokens });
        chat.Text.ShouldBe("<s><system>Be brief.\n<user>你好 😀?\n<assistant>Yes 😀.</s>\n<user>Why?\n<assistant>So.</s>\n");
        chat.AssistantSpans.Select(span => chat.Text[span.Start..span.End]).ShouldBe(["Yes 😀.</s>", "So.</s>"]);
    }

    [Fact]
    public void A_special_token_that_is_missing_prints_nothing() => Render(Simple, new ChatTemplateInput([new("user", "a")])).Text.ShouldBe("<user>a\n");

    [Fact]
    public void The_generation_prompt_is_added_on_demand() =>
        Render(Simple, new ChatTemplateInput([new("user", "a")]) { AddGenerationPrompt = true }).Text.ShouldBe("<user>a\n<assistant>");

    [Fact]
    public void Tools_and_documents_are_none_unless_given()
    {
        const string template = "{{ tools is none }}{{ documents is none }}{{ tools | length if tools }}{{ tools[0].name if tools }}";
        Render(template, new ChatTemplateInput([])).Text.ShouldBe("TrueTrue");
        Render(template, new ChatTemplateInput([]) { Tools = JsonNode.Parse("""[{"name": "look_up"}]""")!.AsArray() }).Text.ShouldBe("FalseTrue1look_up");
    }

    [Fact]
    public void Variables_keep_their_types()
    {
        var variables = JsonNode.Parse("""{"a": 1, "b": 1.0, "c": null, "d": true, "e": [1, {"x": "y"}], "f": 1e3, "g": 123456789012345678901234567890}""")!.AsObject();
        Render("{{ a }} {{ b }} {{ c }} {{ d }} {{ e }} {{ f }} {{ g }}", new ChatTemplateInput([]) { Variables = variables }).Text
            .ShouldBe("1 1.0 None True [1, {'x': 'y'}] 1000.0 123456789012345678901234567890");
    }

    [Theory]
    [InlineData("messages")]
    [InlineData("tools")]
    [InlineData("add_generation_prompt")]
    [InlineData("raise_exception")]
    [InlineData("strftime_now")]
    [InlineData("namespace")]
    [InlineData("self")]
    public void Variables_cannot_take_the_place_of_what_the_program_sets(string name)
    {
        ChatTemplateException e = Should.Throw<ChatTemplateException>(() => Render("x", new ChatTemplateInput([]) { Variables = new JsonObject { [name] = 1 } }));
        e.Fault.ShouldBe(ChatTemplateFault.Caller);
        e.Message.ShouldContain(name);
    }

    [Fact]
    public void Content_that_looks_like_a_template_comes_out_as_it_is() =>
        Render("{{ messages[0].content }}", new ChatTemplateInput([new("user", "{{ 7 * 7 }}{% if %}{#")])).Text.ShouldBe("{{ 7 * 7 }}{% if %}{#");

    [Theory]
    [InlineData("[{{ messages[-1].content }}]", "Go on,  ", "[Go on,  ")]
    [InlineData("[{{ messages[-1].content | trim }}]", "Go on,  ", "[Go on,")]
    [InlineData("{% for m in messages %}{{ m['role'] ~ ': ' ~ m['content'] ~ '</s>' }}{% endfor %}", "a", "assistant: a")]
    public void A_continued_message_ends_where_its_text_ends(string template, string content, string expected) =>
        Render(template, new ChatTemplateInput([new("assistant", content)]) { ContinueFinalMessage = true }).Text.ShouldBe(expected);

    [Fact]
    public void The_last_text_part_is_continued()
    {
        ChatMessage message = ChatMessage.FromJson(JsonNode.Parse("""{"role": "assistant", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}, {"type": "image"}]}""")!.AsObject());
        Render("{% for p in messages[0].content %}<{{ p.text }}>{% endfor %}", new ChatTemplateInput([message]) { ContinueFinalMessage = true }).Text.ShouldBe("<a><b");
    }

    [Fact]
    public void Spans_end_where_a_continued_message_is_cut()
    {
        RenderedChat chat = Render(Simple, new ChatTemplateInput([new("user", "Q"), new("assistant", "An")]) { ContinueFinalMessage = true, SpecialTokens = new Dictionary<string, string>(StringComparer.Ordinal) { ["eos_token"] = "</s>" } });
        chat.Text.ShouldBe("<user>Q\n<assistant>An");
        chat.AssistantSpans.ShouldBe([new TextSpan(19, 21)]);
    }

    [Fact]
    public void What_cannot_be_continued_is_refused()
    {
        var message = new ChatMessage("assistant", "some words");
        Refuse("{{ messages[0].content }}", new ChatTemplateInput([message]) { ContinueFinalMessage = true, AddGenerationPrompt = true }).ShouldContain("add_generation_prompt");
        Refuse("{{ messages[0].content }}", new ChatTemplateInput([]) { ContinueFinalMessage = true }).ShouldContain("no message");
        Refuse("{{ messages[0].role }}", new ChatTemplateInput([message]) { ContinueFinalMessage = true }).ShouldContain("content");
        Refuse("content: {{ messages[0].role }}", new ChatTemplateInput([message]) { ContinueFinalMessage = true }).ShouldContain("drops or changes");
        Refuse("{{ messages[0].content | upper }}", new ChatTemplateInput([message]) { ContinueFinalMessage = true }).ShouldContain("drops or changes");
        Refuse("{{ messages[0].content }}", new ChatTemplateInput([message with { Extra = new JsonObject { ["content"] = null } }]) { ContinueFinalMessage = true }).ShouldContain("no content");

        static string Refuse(string template, ChatTemplateInput input)
        {
            ChatTemplateException e = Should.Throw<ChatTemplateException>(() => Render(template, input));
            e.Fault.ShouldBe(ChatTemplateFault.Caller);
            return e.Message;
        }
    }

    [Fact]
    public void Generation_blocks_inside_macros_and_captured_texts_are_located()
    {
        const string template = "{% macro turn(t) %}<{% generation %}{{ t }}{% endgeneration %}>{% endmacro %}{% set later %}({% generation %}two{% endgeneration %}){% endset %}é😀{{ turn('one') }} {{ later }}{{- later }}";
        RenderedChat chat = Render(template, new ChatTemplateInput([]));
        chat.Text.ShouldBe("é😀<one> (two)(two)");
        chat.AssistantSpans.Select(span => chat.Text[span.Start..span.End]).ShouldBe(["one", "two", "two"]);
    }

    [Fact]
    public void Null_keys_are_dropped_and_reasoning_is_known_by_every_name()
    {
        var message = new ChatMessage("assistant", "A") { Extra = new JsonObject { ["reasoning"] = "R", ["tool_calls"] = null } };
        Render("{% set m = messages[0] %}{{ m.reasoning_content }}{{ m.thinking }}{{ m.reasoning }}{{ m.tool_calls is defined }}", new ChatTemplateInput([message])).Text.ShouldBe("RRRFalse");
    }

    [Fact]
    public void Messages_keep_the_order_of_their_keys()
    {
        ChatMessage message = ChatMessage.FromJson(JsonNode.Parse("""{"tool_call_id": "1", "content": "c", "role": "tool", "name": "f"}""")!.AsObject());
        message.Role.ShouldBe("tool");
        message.Content.ShouldBe("c");
        Render("{{ messages[0] | tojson }}", new ChatTemplateInput([message])).Text.ShouldBe("""{"tool_call_id": "1", "content": "c", "role": "tool", "name": "f"}""");
    }

    [Fact]
    public void Messages_are_equal_when_their_json_is()
    {
        ChatMessage read = ChatMessage.FromJson(JsonNode.Parse("""{"role": "user", "content": "c"}""")!.AsObject());
        read.ShouldBe(new ChatMessage("user", "c"));
        read.GetHashCode().ShouldBe(new ChatMessage("user", "c").GetHashCode());
        (read with { Content = "d" }).ToJson().ToJsonString().ShouldBe("""{"role":"user","content":"d"}""");
        read.Equals(new ChatMessage("user", "c") { Extra = new JsonObject { ["name"] = "x" } }).ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"content": "x"}""")]
    [InlineData("""{"role": 1, "content": "x"}""")]
    [InlineData("""{"role": "user", "content": 5}""")]
    [InlineData("""{"role": "user", "content": "\ud800"}""")]
    [InlineData("""{"role": "user", "content": "a", "content": "b"}""")]
    public void A_message_without_role_or_with_odd_content_is_refused(string json) =>
        Should.Throw<InvalidInputException>(() => ChatMessage.FromJson(JsonNode.Parse(json)!.AsObject(), "line 3")).Message.ShouldStartWith("line 3: ");

    [Theory]
    [InlineData("""{"x": "\ud800"}""", "JSON")]
    [InlineData("""{"x": {"a": 1, "a": 2}}""", "JSON")]
    [InlineData("""{"x": 1, "x": 2}""", "JSON")]
    public void Variables_that_are_no_json_are_refused(string json, string word) =>
        Should.Throw<ChatTemplateException>(() => Render("{{ x }}", new ChatTemplateInput([]) { Variables = JsonNode.Parse(json)!.AsObject() })).Message.ShouldContain(word);

    [Fact]
    public void Numbers_of_too_many_digits_and_nesting_beyond_measure_are_refused()
    {
        string number = "{\"x\": " + new string('9', 5000) + "}", nested = "{\"x\": " + new string('[', 300) + new string(']', 300) + "}";
        Should.Throw<ChatTemplateException>(() => Render("{{ x }}", new ChatTemplateInput([]) { Variables = JsonNode.Parse(number)!.AsObject() })).Fault.ShouldBe(ChatTemplateFault.Limit);
        JsonObject deep = JsonNode.Parse(nested, documentOptions: new System.Text.Json.JsonDocumentOptions { MaxDepth = 1000 })!.AsObject();
        Should.Throw<ChatTemplateException>(() => Render("{{ x }}", new ChatTemplateInput([]) { Variables = deep })).Fault.ShouldBe(ChatTemplateFault.Limit);
    }

    [Fact]
    public async Task One_template_serves_many_threads()
    {
        var template = ChatTemplate.Parse(Simple);
        string expected = template.Render(new ChatTemplateInput(s_conversation)).Text;
        string[] texts = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => template.Render(new ChatTemplateInput(s_conversation)).Text)));
        texts.ShouldAllBe(text => text == expected);
    }

    [Fact]
    public void Random_choices_are_the_same_in_every_rendering()
    {
        const string template = "{% for i in range(20) %}{{ range(1000) | list | random }},{% endfor %}";
        Jinja.Render(template).ShouldBe(Jinja.Render(template));
        Jinja.Render("{{ [5] | random }}{{ 'a' | random }}{{ [] | random }}").ShouldBe("5a");
    }
}
