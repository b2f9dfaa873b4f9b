using System.Text.Json.Nodes;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Tokenizers.Tests.ChatTemplates;

/// <summary>Renders templates with one small set of variables.</summary>
internal static class Jinja
{
    private const string Variables = """
        {"name": "Ada", "text": "The quick brown fox", "zh": "你好，世界😀", "empty": "", "n": 7, "half": 2.5, "yes": true, "nothing": null, "nums": [3, 1, 2, 3], "words": ["pear", "Apple", "fig", "apple"], "card": {"title": "Blue Note", "year": 1959, "tags": ["jazz", "modal"], "Side": null}, "people": [{"name": "Bo", "age": 31, "city": "Oslo"}, {"name": "An", "age": 25, "city": "oslo", "nick": "A"}, {"name": "Cy", "age": 31, "city": "Rome", "pets": {"dog": ["Rex"]}}], "lines": "first\n  second\n\nthird", "markup": "<a href='x'>1 & 2</a>"}
        """;

    public static TimeProvider Clock { get; } = new FixedClock(new DateTimeOffset(2025, 3, 14, 9, 26, 53, TimeSpan.Zero));

    public static string Render(string template, ChatTemplateLimits? limits = null) =>
        ChatTemplate.Parse(template).RenderPlain(JsonNode.Parse(Variables)!.AsObject(), Clock, limits).Text;

    public static ChatTemplateException Refuse(string template, ChatTemplateLimits? limits = null) => Should.Throw<ChatTemplateException>(() => Render(template, limits));

    private sealed class FixedClock(DateTimeOffset time) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => time;
    }
}
