using TuneSharp.Formats;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Tokenizers.Tests.ChatTemplates;

/// <summary>Where templates are found.</summary>
public sealed class ChatTemplateFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tunesharp-template-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_jinja_file_goes_before_the_configuration()
    {
        ChatTemplate.FromFolder(_folder).ShouldBeNull();
        Write("tokenizer_config.json", """{"chat_template": "from config"}""");
        ChatTemplate.FromFolder(_folder)!.Source.ShouldBe("from config");
        Write("chat_template.jinja", "from file");
        ChatTemplate template = ChatTemplate.FromFolder(_folder)!;
        template.Source.ShouldBe("from file");
        template.Where.ShouldBe(Path.Combine(_folder, "chat_template.jinja"));
    }

    [Fact]
    public void Named_templates_are_found_in_both_places()
    {
        Write("tokenizer_config.json", """{"chat_template": [{"name": "default", "template": "d"}, {"name": "tool_use", "template": "t"}]}""");
        ChatTemplate.FromFolder(_folder)!.Source.ShouldBe("d");
        ChatTemplate.FromFolder(_folder, "tool_use")!.Source.ShouldBe("t");
        ChatTemplate.FromFolder(_folder, "rag").ShouldBeNull();
        Directory.CreateDirectory(Path.Combine(_folder, "additional_chat_templates"));
        Write(Path.Combine("additional_chat_templates", "rag.jinja"), "r");
        ChatTemplate.FromFolder(_folder, "rag")!.Source.ShouldBe("r");
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData("x.y")]
    public void A_name_is_not_a_path(string name) => Should.Throw<InvalidInputException>(() => ChatTemplate.FromFolder(_folder, name));

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"chat_template": null}""")]
    public void A_configuration_without_template_gives_none(string json)
    {
        Write("tokenizer_config.json", json);
        ChatTemplate.FromFolder(_folder).ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"chat_template": 5}""")]
    [InlineData("""{"chat_template": [{"name": "default"}]}""")]
    [InlineData("""{"chat_template": ["x"]}""")]
    [InlineData("""{"chat_template": """)]
    [InlineData("""{"chat_template": "\ud800"}""")]
    public void A_broken_configuration_is_refused_with_its_name(string json)
    {
        Write("tokenizer_config.json", json);
        Should.Throw<InvalidInputException>(() => ChatTemplate.FromFolder(_folder)).Message.ShouldContain("tokenizer_config.json");
    }

    [Fact]
    public void A_faulty_template_names_file_and_line()
    {
        Write("chat_template.jinja", "a\n{% if %}");
        Should.Throw<ChatTemplateException>(() => ChatTemplate.FromFolder(_folder)).Message.ShouldStartWith(Path.Combine(_folder, "chat_template.jinja") + ", line 2: ");
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused()
    {
        File.WriteAllBytes(Path.Combine(_folder, "chat_template.jinja"), [0x61, 0xFF]);
        Should.Throw<InvalidInputException>(() => ChatTemplate.FromFolder(_folder)).Message.ShouldContain("UTF-8");
    }

    [Fact]
    public void A_huge_file_is_refused()
    {
        Write("chat_template.jinja", new string(' ', (1 << 20) + 1));
        Should.Throw<InvalidInputException>(() => ChatTemplate.FromFolder(_folder)).Message.ShouldContain("limit");
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
