using TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;

namespace TuneSharp.Tokenizers.Tests.ChatTemplates;

/// <summary>The search for long texts against .NET's own.</summary>
public sealed class TextFinderTests
{
    [Fact]
    public void Long_texts_are_found_where_dotnet_finds_them()
    {
        var random = new Random(3);
        for (int i = 0; i < 300; i++)
        {
            string text = Letters(random, random.Next(0, 1000));
            string part = random.Next(2) == 0 || text.Length < 70 ? Letters(random, random.Next(65, 90)) : text.Substring(random.Next(text.Length - 65), 65);
            TextFinder.IndexOf(text, part).ShouldBe(text.IndexOf(part, StringComparison.Ordinal));
            TextFinder.LastIndexOf(text, part).ShouldBe(text.LastIndexOf(part, StringComparison.Ordinal));
            TextFinder.Count(text, part).ShouldBe(text.Split(part).Length - 1);
        }
    }

    private static string Letters(Random random, int length) => string.Create(length, random, static (span, r) =>
    {
        for (int i = 0; i < span.Length; i++) span[i] = r.Next(30) == 0 ? 'b' : 'a';
    });
}
