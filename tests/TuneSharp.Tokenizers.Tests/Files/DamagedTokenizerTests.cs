using System.Text.Json.Nodes;
using TuneSharp.Formats;

namespace TuneSharp.Tokenizers.Tests.Files;

/// <summary>Thousands of damaged files: each is refused with a sentence or works; nothing else is thrown, and nothing hangs.</summary>
public sealed class DamagedTokenizerTests
{
    private static readonly string[] s_components =
    [
        """{"type":"NFC"}""", """{"type":"NFKD"}""", """{"type":"Lowercase"}""", """{"type":"StripAccents"}""", """{"type":"Strip"}""", """{"type":"Nmt"}""",
        """{"type":"Prepend","prepend":"ab"}""", """{"type":"Replace","pattern":{"Regex":"a*"},"content":"bb"}""", """{"type":"BertNormalizer"}""", """{"type":"ByteLevel"}""",
        """{"type":"Split","pattern":{"Regex":"(?<=a)b|(c+)+d|\\s+(?!\\S)"},"behavior":"MergedWithNext","invert":true}""", """{"type":"Whitespace"}""", """{"type":"WhitespaceSplit"}""",
        """{"type":"Metaspace","prepend_scheme":"first","replacement":"▁"}""", """{"type":"Punctuation"}""", """{"type":"Digits","individual_digits":true}""",
        """{"type":"UnicodeScripts"}""", """{"type":"BertPreTokenizer"}""", """{"type":"CharDelimiterSplit","delimiter":"-"}""", """{"type":"Sequence","normalizers":[],"pretokenizers":[],"decoders":[],"processors":[]}""",
        """{"type":"ByteFallback"}""", """{"type":"Fuse"}""", """{"type":"WordPiece","prefix":""}""", """{"type":"CTC"}""", """{"type":"BPEDecoder"}""",
        """{"type":"RobertaProcessing","sep":["</s>",2],"cls":["<s>",1]}""", """{"type":"BertProcessing","sep":["</s>",2],"cls":["<s>",1]}""",
    ];

    private static readonly string[] s_values =
    [
        "null", "true", "0", "-1", "1.5", "1e400", "99999999999999999999", "16777215", "\"\"", "\"a\"", "\"\\ud800\"", "[]", "{}", "[[]]", "[1,2]", "{\"type\":\"Sequence\"}", "\"(a+)+$\"", "\"[\"",
    ];

    [Fact]
    public void Random_component_graphs_work_or_are_refused()
    {
        var random = new Random(11);
        for (int i = 0; i < 600; i++)
        {
            JsonObject json = random.Next(2) == 0 ? SampleJson.Small() : SampleJson.SentencePieceStyle();
            foreach (string field in new[] { "normalizer", "pre_tokenizer", "post_processor", "decoder" })
                if (random.Next(2) == 0) json[field] = Graph(random, field, 0);
            Try(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()));
        }
    }

    [Fact]
    public void Replaced_values_work_or_are_refused()
    {
        var random = new Random(12);
        for (int i = 0; i < 800; i++)
        {
            JsonObject json = SampleJson.Small();
            json["normalizer"] = JsonNode.Parse(s_components[random.Next(s_components.Length)]);
            json["pre_tokenizer"] = JsonNode.Parse(s_components[random.Next(s_components.Length)]);
            string text = json.ToJsonString();
            // Replace the value behind some colon or comma.
            int[] places = [.. Enumerable.Range(0, text.Length).Where(at => text[at] is ':' or ',' or '[')];
            int place = places[random.Next(places.Length)];
            int end = text.IndexOfAny([',', '}', ']'], place + 1);
            Try(System.Text.Encoding.UTF8.GetBytes(text[..(place + 1)] + s_values[random.Next(s_values.Length)] + text[Math.Max(end, place + 1)..]));
        }
    }

    [Fact]
    public void Flipped_bytes_and_cut_files_work_or_are_refused()
    {
        var random = new Random(13);
        byte[] file = System.Text.Encoding.UTF8.GetBytes(SampleJson.SentencePieceStyle().ToJsonString());
        for (int i = 0; i < 1000; i++)
        {
            byte[] damaged = (byte[])file.Clone();
            for (int flips = random.Next(1, 4); flips > 0; flips--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) damaged = damaged[..random.Next(damaged.Length)];
            Try(damaged);
        }
        byte[] noise = new byte[500];
        random.NextBytes(noise);
        Try(noise);
        byte[] small = System.Text.Encoding.UTF8.GetBytes(SampleJson.Small().ToJsonString());
        for (int length = 0; length < small.Length; length++) Try(small[..length]);
    }

    [Fact]
    public void A_hundred_thousand_added_tokens_are_no_trouble()
    {
        JsonObject json = SampleJson.Small();
        json["added_tokens"] = new JsonArray([.. Enumerable.Range(0, 100_000).Select(i => new JsonObject { ["id"] = 100 + i, ["content"] = $"<{i}>", ["lstrip"] = true, ["normalized"] = i % 2 == 0 })]);
        byte[] file = System.Text.Encoding.UTF8.GetBytes(json.ToJsonString());
        Tokenizer tokenizer = SampleJson.Parse(file);
        tokenizer.EncodeIds("a<99999> <0>" + new string(' ', 200_000)).ShouldContain(100_099);
    }

    private static JsonNode Graph(Random random, string field, int depth)
    {
        if (depth < 3 && random.Next(3) == 0)
        {
            var steps = new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Graph(random, field, depth + 1))]);
            string name = field switch { "normalizer" => "normalizers", "pre_tokenizer" => "pretokenizers", "decoder" => "decoders", _ => "processors" };
            return new JsonObject { ["type"] = "Sequence", [name] = steps };
        }
        return JsonNode.Parse(s_components[random.Next(s_components.Length)])!;
    }

    private static void Try(byte[] file)
    {
        TimeSpan start = Environment.CpuUsage.UserTime;
        try
        {
            Tokenizer tokenizer = SampleJson.Parse(file);
            foreach (string text in (string[])["", "abcd", "hello <s> 中é12 -- \n\n cccc", new string('c', 300), "\u0301\uFFFD\0"])
            {
                Encoding encoding = null!;
                try
                {
                    encoding = tokenizer.Encode(text, addSpecialTokens: true, truncation: new TruncationOptions { MaxLength = 50 });
                }
                catch (InvalidInputException)
                {
                    continue;
                }
                _ = encoding.Offsets;
                _ = encoding.Tokens;
                int[] ids = tokenizer.EncodeIds(text);
                tokenizer.Decode(ids);
                StreamingDecoder stream = tokenizer.CreateStreamingDecoder();
                foreach (int id in ids) stream.Push(id);
                stream.Finish();
            }
        }
        catch (InvalidInputException e)
        {
            e.Message.ShouldNotBeEmpty();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException(System.Text.Encoding.UTF8.GetString(file), e);
        }
        (Environment.CpuUsage.UserTime - start).ShouldBeLessThan(TimeSpan.FromSeconds(60)); // of all tests that run at this time
    }
}
