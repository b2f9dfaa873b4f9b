using System.Text.Json.Nodes;
using TuneSharp.Formats;

namespace TuneSharp.Tokenizers.Tests.Files;

/// <summary>What a file from outside can hold wrong: each is one clear sentence that names it (reliability catalogue, letter E).</summary>
public sealed class TokenizerJsonTests
{
    [Fact]
    public void A_small_file_works()
    {
        Tokenizer tokenizer = SampleJson.Parse(SampleJson.Small().ToJsonString());
        tokenizer.EncodeIds("abcdab<s>c").ShouldBe([8, 6, 0, 4]);
        tokenizer.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\"vocab\": {", "\"vocab\": {\"a\": 9,", "stands twice")]
    [InlineData("\"d\": 5", "\"d\": 2", "share the id 2")]
    [InlineData("\"d\": 5", "\"d\": -3", "-3")]
    [InlineData("\"d\": 5", "\"d\": 5.5", "5.5")]
    [InlineData("\"d\": 5", "\"d\": 4000000000", "4000000000")]
    [InlineData("\"d\": 5", "\"d\": \"5\"", "whole number")]
    [InlineData("\"d\": 5", "\"\\ud800\": 5", "Unicode")]
    [InlineData("\"a b\"", "\"a zz\"", "zz")]
    [InlineData("\"a b\"", "\"ab\"", "number 1")]
    [InlineData("\"a b\"", "\"a b c\"", "number 1")]
    [InlineData("\"a b\"", "7", "number 1")]
    [InlineData("[\"c\",\"d\"]", "[\"c\"]", "number 2")]
    [InlineData("[\"ab\",\"cd\"]", "[\"b\",\"cd\"]", "bcd")]
    [InlineData("\"BPE\"", "\"Blubber\"", "Blubber")]
    [InlineData("\"BPE\"", "\"WordLevel\"", "not supported yet")]
    [InlineData("\"pre_tokenizer\":null", "\"pre_tokenizer\":{\"type\":\"Cleaver\"}", "Cleaver")]
    [InlineData("\"pre_tokenizer\":null", "\"pre_tokenizer\":{}", "pre_tokenizer.type")]
    [InlineData("\"pre_tokenizer\":null", "\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(a\"},\"behavior\":\"Isolated\"}", "(a")]
    [InlineData("\"pre_tokenizer\":null", "\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"String\":\"\"},\"behavior\":\"Isolated\"}", "empty")]
    [InlineData("\"pre_tokenizer\":null", "\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"String\":\"a\"},\"behavior\":\"Shredded\"}", "behavior")]
    [InlineData("\"normalizer\":null", "\"normalizer\":{\"type\":\"Precompiled\"}", "Precompiled")]
    [InlineData("\"decoder\":null", "\"decoder\":{\"type\":\"Strip\",\"content\":\"ab\"}", "one character")]
    [InlineData("\"post_processor\":null", "\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"[CLS]\"}}],\"pair\":[]}", "[CLS]")]
    [InlineData("\"content\":\"\\u003Cs\\u003E\"", "\"content\":\"\"", "empty text")]
    [InlineData("\"id\":0", "\"id\":3", "<s>")]
    [InlineData("\"content\":\"\\u003Cs\\u003E\"", "\"content\":\"<x>\"", "id 0")]
    [InlineData("\"version\":\"1.0\"", "\"version\":\"1.0\",\"version\":\"1.0\"", "stands twice")]
    [InlineData("\"model\":", "\"mode\":", "model")]
    public void A_wrong_value_is_named(string part, string replacement, string named)
    {
        string json = SampleJson.Small().ToJsonString().Replace("\"vocab\":{", "\"vocab\": {").Replace("\"d\":5", "\"d\": 5");
        json.ShouldContain(part);
        int at = json.IndexOf(part, StringComparison.Ordinal);
        InvalidInputException error = Should.Throw<InvalidInputException>(() => SampleJson.Parse(json[..at] + replacement + json[(at + part.Length)..]));
        error.Message.ShouldContain(named);
        error.Message.ShouldStartWith("tokenizer.json");
    }

    [Fact]
    public void Broken_JSON_tells_the_line() =>
        Should.Throw<InvalidInputException>(() => SampleJson.Parse("{\n  \"model\": {\n    \"type\": \"BPE\",,\n")).Message.ShouldContain("line 3");

    [Fact]
    public void A_file_that_is_not_UTF8_is_refused() => Should.Throw<InvalidInputException>(() => SampleJson.Parse([0x7B, 0xFF, 0x7D])).Message.ShouldContain("UTF-8");

    [Fact]
    public void A_byte_order_mark_is_no_error() => SampleJson.Parse("\uFEFF" + SampleJson.Small().ToJsonString()).EncodeIds("ab").ShouldBe([6]);

    [Fact]
    public void Deep_nesting_is_refused()
    {
        string json = SampleJson.Small().ToJsonString();
        string deep = string.Concat(Enumerable.Repeat("{\"type\":\"Sequence\",\"normalizers\":[", 1000)) + string.Concat(Enumerable.Repeat("]}", 1000));
        Should.Throw<InvalidInputException>(() => SampleJson.Parse(json.Replace("\"normalizer\":null", "\"normalizer\":" + deep)));
    }

    [Theory]
    [InlineData("Replace", "normalizer", "{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},\"content\":\"aaaa\"}")]
    public void A_text_that_grows_without_end_is_stopped(string type, string field, string step)
    {
        JsonObject json = SampleJson.Small();
        json[field] = new JsonObject { ["type"] = "Sequence", ["normalizers"] = new JsonArray([.. Enumerable.Range(0, 60).Select(_ => JsonNode.Parse(step))]) };
        Tokenizer tokenizer = SampleJson.Parse(json.ToJsonString());
        Should.Throw<InvalidInputException>(() => tokenizer.EncodeIds("aaaa")).Message.ShouldContain("times as many", customMessage: type);
    }

    [Fact]
    public void A_decoder_that_grows_without_end_is_stopped()
    {
        JsonObject json = SampleJson.Small();
        json["decoder"] = new JsonObject
        {
            ["type"] = "Sequence",
            ["decoders"] = new JsonArray([.. Enumerable.Range(0, 60).Select(_ => JsonNode.Parse("{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},\"content\":\"aaaa\"}"))]),
        };
        Tokenizer tokenizer = SampleJson.Parse(json.ToJsonString());
        Should.Throw<InvalidInputException>(() => tokenizer.Decode([2, 2]));
    }

    [Fact]
    public void Odd_but_usable_files_are_warned_about()
    {
        JsonObject json = SampleJson.Small();
        json["model"]!["vocab"]!["d"] = 400;
        json["model"]!["merges"]!.AsArray().Add("a b");
        json["model"]!["byte_fallback"] = true;
        Tokenizer tokenizer = SampleJson.Parse(json.ToJsonString());
        tokenizer.Warnings.Count.ShouldBe(3);
        tokenizer.Decode([399]).ShouldBe("");
        tokenizer.IdToToken(399).ShouldBeNull();
        tokenizer.IdToToken(-1).ShouldBeNull();
        tokenizer.IdToToken(int.MaxValue).ShouldBeNull();
    }

    [Fact]
    public void Added_tokens_strip_and_respect_words()
    {
        JsonObject json = SampleJson.Small();
        json["added_tokens"] = JsonNode.Parse("""
            [{"id": 9, "content": "<l>", "lstrip": true, "normalized": false}, {"id": 10, "content": "<r>", "rstrip": true, "normalized": false},
             {"id": 11, "content": "ad", "single_word": true, "normalized": false}, {"id": 12, "content": "<ll>", "normalized": false}, {"id": 13, "content": "<l><l>", "normalized": false}]
            """);
        Tokenizer tokenizer = SampleJson.Parse(json.ToJsonString());
        Encoding encoding = tokenizer.Encode("a \t<l>b<r> \n c");
        encoding.Ids.ShouldBe([2, 9, 3, 10, 4]);
        encoding.Tokens.ShouldBe(["a", " \t<l>", "b", "<r> \n ", "c"]);
        encoding.Offsets.ShouldBe([new(0, 1), new(1, 6), new(6, 7), new(7, 13), new(13, 14)]);
        tokenizer.EncodeIds("ad").ShouldBe([11]);
        tokenizer.EncodeIds("adad").ShouldBe([2, 5, 2, 5]);
        tokenizer.EncodeIds("<l><l>").ShouldBe([13]); // the longest
        tokenizer.EncodeIds("<ll>").ShouldBe([12]);
    }

    [Fact]
    public void SentencePiece_style_encodes_decodes_and_puts_BOS_in_front()
    {
        Tokenizer tokenizer = SampleJson.Parse(SampleJson.SentencePieceStyle().ToJsonString());
        Encoding encoding = tokenizer.Encode("hello 中文 é", addSpecialTokens: true);
        encoding.Tokens.ShouldBe(["<s>", "▁hello", "▁", "中文", "▁", "<0xC3>", "<0xA9>"]);
        encoding.Offsets.ShouldBe([new(0, 0), new(0, 5), new(5, 6), new(6, 8), new(8, 9), new(9, 10), new(9, 10)]);
        encoding.SpecialTokensMask.ShouldBe([1, 0, 0, 0, 0, 0, 0]);
        tokenizer.EncodeIds("hello 中文 é", addSpecialTokens: true).ShouldBe(encoding.Ids);
        tokenizer.Decode(encoding.Ids).ShouldBe("hello 中文 é");
        tokenizer.Decode(encoding.Ids, skipSpecialTokens: false).ShouldBe("<s> hello 中文 é");
        tokenizer.Decode([tokenizer.TokenToId("<0xC3>")!.Value, tokenizer.TokenToId("<0x41>")!.Value]).ShouldBe("\uFFFD\uFFFD");
    }

    [Fact]
    public void Exact_cuts_give_the_tokens_of_the_whole_text()
    {
        JsonObject json = SampleJson.SentencePieceStyle();
        Tokenizer cut = SampleJson.Parse(json.ToJsonString());
        // A merge with a byte token makes cuts inexact, so this one runs without them.
        json["model"]!["vocab"]!["<0x00>a"] = 999;
        json["model"]!["merges"]!.AsArray().Add("<0x00> a");
        Tokenizer plain = SampleJson.Parse(json.ToJsonString());
        var random = new Random(5);
        string[] parts = ["▁", "a", "b", "c", "h", "e", "l", "o", "中", "文", " ", "hello", "é", "x", "  "];
        for (int i = 0; i < 5_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => parts[random.Next(parts.Length)]));
            cut.EncodeIds(text).ShouldBe(plain.EncodeIds(text), text);
            cut.Encode(text).Ids.ShouldBe(cut.EncodeIds(text));
        }
    }
}
