using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Inference.Sampling;

namespace TuneSharp.Inference.Tests.Sampling;

public sealed class SettingFormsTests
{
    [Theory]
    [InlineData("""["a b"]""", "a b", 0)]
    [InlineData("\"word\"", "word", 0)]
    [InlineData("""{"New York": -3}""", "New York", -3)]
    [InlineData("""[["word", 2.5]]""", "word", 2.5)]
    public void Words_are_texts_in_every_form(string json, string text, double bias)
    {
        TokenSequences words = TokenSequences.FromJson(JsonNode.Parse(json));
        words.Entries.ShouldHaveSingleItem().Text.ShouldBe(text);
        words.Entries[0].Bias.ShouldBe(bias);
        TokenSequences.FromJson(words.ToJson()).ShouldBe(words);
    }

    [Theory]
    [InlineData("[[3], [7, 10]]", 2, 0)]
    [InlineData("[[[3], 4.5], [[7, 10], -3.0]]", 2, 4.5)]
    public void Words_are_ids_as_transformers_writes_them(string json, int count, double bias)
    {
        TokenSequences words = TokenSequences.FromJson(JsonNode.Parse(json));
        words.Entries.Count.ShouldBe(count);
        words.Entries[1].Ids.ShouldBe([7, 10]);
        words.Entries[0].Bias.ShouldBe(bias);
        TokenSequences.FromJson(words.ToJson()).ShouldBe(words);
    }

    [Fact]
    public void A_word_is_meant_with_and_without_the_space_before_it()
    {
        var scope = new SamplingScope([], text => [.. text.Select(c => (int)c)]);
        new TokenSequence("ab", null, 0).Spell(scope).ShouldBe([[97, 98], [32, 97, 98]]);
        new TokenSequence("\nab", null, 0).Spell(scope).ShouldBe([[10, 97, 98]]);
        Should.Throw<InvalidInputException>(() => new TokenSequence("ab", null, 0).Spell(SamplingScope.None).ToList()).Message.ShouldContain("tokenizer");
    }

    [Theory]
    [InlineData("[1, -2]")]
    [InlineData("[1.5]")]
    [InlineData("{\"a\": 1}")]
    [InlineData("\"x\"")]
    [InlineData("[null]")]
    public void Ids_that_are_none_are_refused(string json) => Should.Throw<InvalidInputException>(() => TokenIds.FromJson(JsonNode.Parse(json)));

    [Fact]
    public void A_list_can_be_one_word_of_the_command_line()
    {
        TokenIds.FromJson(JsonValue.Create("3, 17")).Ids.ShouldBe([3, 17]);
        TokenIds.FromJson(JsonValue.Create(3)).Ids.ShouldBe([3]);
        LengthDecay.FromJson(JsonValue.Create("10,1.5")).ShouldBe(new LengthDecay(10, 1.5));
        Should.Throw<InvalidInputException>(() => LengthDecay.FromJson(JsonNode.Parse("[10]"))).Message.ShouldContain("[start, factor]");
    }
}
