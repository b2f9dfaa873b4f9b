using System.Text.Json.Nodes;
using TuneSharp.Formats;

namespace TuneSharp.Tokenizers.Tests;

public sealed class TokenizerTests
{
    public static readonly string[] Texts =
    [
        "", " ", "Hello, world!", "The little boat isn't late.", "今天天气真好，我们去公园散步吧。", "a  b\n\n  c\r\n\td ", "🙂👍🏽𠮷野家𝒜", "<|im_start|>user\nhi<|im_end|>\n",
        "'S 'ſ 'LL 'll 1234567 ½ ٣", "\u0301\u0300a\u0301", "tail   ", "\uFFFD \u0000 \u00A0\u3000",
    ];

    [Fact]
    public void Decode_of_encode_is_the_text()
    {
        foreach (Tokenizer tokenizer in SmallTokenizer.All)
            foreach (string text in Texts) tokenizer.Decode(tokenizer.EncodeIds(text), skipSpecialTokens: false).ShouldBe(text);
    }

    [Fact]
    public void EncodeIds_and_Encode_give_the_same_ids()
    {
        foreach (Tokenizer tokenizer in SmallTokenizer.All)
            foreach (string text in Texts)
            {
                tokenizer.EncodeIds(text).ShouldBe(tokenizer.Encode(text).Ids);
                tokenizer.EncodeIds(text, splitSpecialTokens: true).ShouldBe(tokenizer.Encode(text, splitSpecialTokens: true).Ids);
            }
    }

    [Fact]
    public void Offsets_cover_the_text_in_all_three_units()
    {
        foreach (Tokenizer tokenizer in SmallTokenizer.All)
            foreach (string text in Texts)
            {
                Encoding encoding = tokenizer.Encode(text);
                int end = 0;
                foreach (TextSpan span in encoding.Offsets)
                {
                    span.Start.ShouldBeLessThanOrEqualTo(end);
                    span.End.ShouldBeGreaterThanOrEqualTo(end);
                    end = span.End;
                }
                end.ShouldBe(text.Length);
                for (int i = 0; i < encoding.Count; i++)
                {
                    TextSpan chars = encoding.Offsets[i], bytes = encoding.ByteOffsets[i], points = encoding.CodePointOffsets[i];
                    System.Text.Encoding.UTF8.GetByteCount(text.AsSpan(0, chars.Start)).ShouldBe(bytes.Start);
                    System.Text.Encoding.UTF8.GetByteCount(text.AsSpan(0, chars.End)).ShouldBe(bytes.End);
                    text[..chars.End].EnumerateRunes().Count().ShouldBe(points.End);
                }
            }
    }

    [Fact]
    public void Special_tokens_can_be_plain_text()
    {
        Tokenizer tokenizer = SmallTokenizer.Qwen2;
        int id = tokenizer.TokenToId("<|im_end|>")!.Value;
        tokenizer.EncodeIds("a<|im_end|>").ShouldContain(id);
        tokenizer.EncodeIds("a<|im_end|>", splitSpecialTokens: true).ShouldNotContain(id);
        tokenizer.Decode([id]).ShouldBe("");
        tokenizer.Decode([id], skipSpecialTokens: false).ShouldBe("<|im_end|>");
    }

    [Fact]
    public void Save_and_load_keep_ids_and_roles()
    {
        string folder = Directory.CreateTempSubdirectory("tunesharp-").FullName;
        try
        {
            SmallTokenizer.Qwen2.Save(folder);
            Tokenizer loaded = Tokenizer.Load(folder);
            loaded.VocabularySize.ShouldBe(SmallTokenizer.Qwen2.VocabularySize);
            loaded.SpecialTokens.Eos.ShouldBe(new SpecialToken("<|im_end|>", 2));
            loaded.SpecialTokens.Pad!.Id.ShouldBe(0);
            loaded.SpecialTokens.Bos.ShouldBeNull();
            foreach (string text in Texts) loaded.EncodeIds(text).ShouldBe(SmallTokenizer.Qwen2.EncodeIds(text));
            Tokenizer.Load(Path.Combine(folder, "tokenizer.json")).EncodeIds("river").ShouldBe(loaded.EncodeIds("river"));
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [Fact]
    public void Vocabulary_and_merges_as_two_files_give_the_same_ids()
    {
        foreach ((Tokenizer tokenizer, string config) in new[] { (SmallTokenizer.Gpt2, "{}"), (SmallTokenizer.Qwen2, """{"tokenizer_class":"Qwen2Tokenizer"}""") })
        {
            string folder = Directory.CreateTempSubdirectory("tunesharp-").FullName;
            try
            {
                tokenizer.Save(folder);
                JsonObject model = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "tokenizer.json")))!["model"]!.AsObject();
                File.WriteAllText(Path.Combine(folder, "vocab.json"), model["vocab"]!.ToJsonString());
                File.WriteAllText(Path.Combine(folder, "merges.txt"), "#version: 0.2\n" + string.Concat(model["merges"]!.AsArray().Select(m => $"{m![0]} {m[1]}\n")));
                File.Delete(Path.Combine(folder, "tokenizer.json"));
                File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), config);
                Tokenizer loaded = Tokenizer.Load(folder);
                foreach (string text in Texts.Where(t => !t.Contains("<|im", StringComparison.Ordinal) && !t.Contains('\u0301'))) loaded.EncodeIds(text).ShouldBe(tokenizer.EncodeIds(text));
                loaded.AddedTokens.Single().Content.ShouldBe("<|endoftext|>");
                File.WriteAllText(Path.Combine(folder, "merges.txt"), "a b c\n");
                Should.Throw<InvalidInputException>(() => Tokenizer.Load(folder)).Message.ShouldContain("line 1");
                File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), """{"tokenizer_class":"OtherTokenizer"}""");
                Should.Throw<InvalidInputException>(() => Tokenizer.Load(folder)).Message.ShouldContain("OtherTokenizer");
            }
            finally
            {
                Directory.Delete(folder, true);
            }
        }
    }

    [Fact]
    public void A_folder_without_a_tokenizer_is_refused() =>
        Should.Throw<InvalidInputException>(() => Tokenizer.Load(Path.GetTempPath())).Message.ShouldContain("tokenizer.json");

    [Fact]
    public void Streaming_gives_the_decoded_text_and_never_half_a_character()
    {
        foreach (Tokenizer tokenizer in SmallTokenizer.All)
            foreach (string text in Texts)
                foreach (bool skip in new[] { true, false })
                {
                    int[] ids = tokenizer.EncodeIds(text);
                    StreamingDecoder decoder = tokenizer.CreateStreamingDecoder(skip);
                    var shown = new System.Text.StringBuilder();
                    foreach (int id in ids)
                        if (decoder.Push(id) is { } added)
                        {
                            added.ShouldNotBeEmpty();
                            added.ShouldNotEndWith("\uFFFD");
                            shown.Append(added);
                        }
                    shown.Append(decoder.Finish());
                    shown.ToString().ShouldBe(tokenizer.Decode(ids, skip));
                }
    }

    [Fact]
    public void Many_threads_agree_with_one()
    {
        Tokenizer tokenizer = SmallTokenizer.Qwen2;
        int[][] expected = [.. Texts.Select(text => tokenizer.EncodeIds(text))];
        Parallel.For(0, 400, i => tokenizer.EncodeIds(Texts[i % Texts.Length]).ShouldBe(expected[i % Texts.Length]));
    }

    [Fact]
    public void EncodeIds_allocates_the_result_and_nothing_else()
    {
        foreach (Tokenizer tokenizer in SmallTokenizer.All)
        {
            string text = string.Join('\n', SmallTokenizer.Corpus);
            for (int i = 0; i < 3; i++) tokenizer.EncodeIds(text);
            long before = GC.GetAllocatedBytesForCurrentThread();
            int count = tokenizer.EncodeIds(text).Length;
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThanOrEqualTo(4L * count + 64);
        }
    }

    [Fact]
    public void A_long_text_without_a_blank_takes_no_time()
    {
        string text = new('a', 1_000_000);
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        int[] ids = SmallTokenizer.Gpt2.EncodeIds(text);
        System.Diagnostics.Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(60)); // well below a second alone; the machine may be shared
        SmallTokenizer.Gpt2.Decode(ids).ShouldBe(text);
    }
}
