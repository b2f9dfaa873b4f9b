using System.Text.Json;
using TuneSharp.Golden.Harness;
using TuneSharp.Tokenizers;

namespace TuneSharp.Golden.Topics;

/// <summary>The entries of one golden.json: texts, streams, pairs, padding, truncation.</summary>
internal static class TokenizerCases
{
    private static readonly string[] s_lists = ["cases", "streaming", "role_cases", "chats", "decode_cases"];
    private static readonly string[] s_batches = ["pairs", "padding", "truncation"];

    public static IEnumerable<GoldenCase> Find(string name, string path, GoldenTokenizer tokenizer) =>
        tokenizer.NotBuilt is { } part ? NotBuilt(name, path, part) : FindIn(name, GoldenFixtures.ReadJson(path), tokenizer);

    public static IEnumerable<GoldenCase> FindIn(string name, JsonElement golden, GoldenTokenizer tokenizer)
    {
        foreach ((string entry, string kind, JsonElement json) in Entries(golden))
        {
            yield return new GoldenCase($"{name}/{entry}", () => kind switch
            {
                "cases" => CheckText(tokenizer.Value, json),
                "streaming" => CheckStream(tokenizer.Value, json),
                "pairs" => CheckPair(tokenizer.Value, json),
                "padding" => CheckPadding(tokenizer.Value, json, golden.GetProperty("batches")),
                "truncation" => CheckTruncation(tokenizer.Value, json),
                _ => GoldenResult.NotBuilt(kind),
            });
        }
    }

    public static IEnumerable<GoldenCase> NotBuilt(string name, string path, string part)
    {
        foreach ((string entry, _, _) in Entries(GoldenFixtures.ReadJson(path))) yield return new GoldenCase($"{name}/{entry}", () => GoldenResult.NotBuilt(part));
    }

    internal static IEnumerable<(string Entry, string Kind, JsonElement Json)> Entries(JsonElement golden)
    {
        foreach (string kind in s_lists)
            if (golden.TryGetProperty(kind, out JsonElement list))
                for (int i = 0; i < list.GetArrayLength(); i++) yield return ($"{kind}/{i}", kind, list[i]);
        if (!golden.TryGetProperty("batches", out JsonElement batches)) yield break;
        foreach (string kind in s_batches)
            if (batches.TryGetProperty(kind, out JsonElement list))
                for (int i = 0; i < list.GetArrayLength(); i++) yield return ($"{kind}/{i}", kind, list[i]);
    }

    public static GoldenResult CheckText(Tokenizer tokenizer, JsonElement json)
    {
        string text = json.GetProperty("text").GetString()!;
        Encoding encoding = tokenizer.Encode(text);
        int[] idsSpecial = Ids(json, "ids_special") ?? Ids(json, "ids")!;
        return GoldenResult.All(
        [
            Same("ids", encoding.Ids, Ids(json, "ids")!),
            Same("ids of the fast way", tokenizer.EncodeIds(text), Ids(json, "ids")!),
            Same("tokens", encoding.Tokens, Texts(json, "tokens")),
            Same("offsets", Flat(encoding.CodePointOffsets), Ids(json, "offsets")),
            Same("byte_offsets", Flat(encoding.ByteOffsets), Ids(json, "byte_offsets")),
            Same("UTF-16 offsets", Flat(encoding.Offsets), Utf16Offsets(text, Ids(json, "offsets"))),
            Same("ids_special", tokenizer.EncodeIds(text, addSpecialTokens: true), idsSpecial),
            Same("ids_nosplit", tokenizer.EncodeIds(text, splitSpecialTokens: true), Ids(json, "ids_nosplit") ?? Ids(json, "ids")!),
            json.TryGetProperty("normalized", out JsonElement n) ? Same("normalized", tokenizer.Normalize(text), n.GetString()) : GoldenResult.Equal(true),
            Same("decode", tokenizer.Decode(idsSpecial), json.GetProperty("decode").GetString()),
            CheckKeptSpecials(tokenizer, json, idsSpecial),
        ]);
    }

    /// <summary>Not recorded where it is the same as <c>decode</c>, and not at all in the short records of trained vocabularies.</summary>
    private static GoldenResult CheckKeptSpecials(Tokenizer tokenizer, JsonElement json, int[] ids)
    {
        bool isShort = !json.TryGetProperty("byte_offsets", out _);
        bool recorded = json.TryGetProperty("decode_keep", out JsonElement keep);
        if (!recorded && isShort && ids.Any(id => tokenizer.AddedTokens.Any(token => token.Id == id && token.IsSpecial))) return GoldenResult.Equal(true);
        return Same("decode_keep", tokenizer.Decode(ids, skipSpecialTokens: false), (recorded ? keep : json.GetProperty("decode")).GetString());
    }

    private static GoldenResult CheckStream(Tokenizer tokenizer, JsonElement json)
    {
        int[] ids = Ids(json, "ids")!;
        return GoldenResult.All(new[] { ("keep", false), ("skip", true) }.Select(mode =>
        {
            StreamingDecoder decoder = tokenizer.CreateStreamingDecoder(mode.Item2);
            string?[] shown = [.. ids.Select(id => decoder.Push(id)), decoder.Finish()];
            string?[] expected = [.. json.GetProperty(mode.Item1).EnumerateArray().Select(e => e.GetString()), json.GetProperty(mode.Item1 + "_rest").GetString()];
            return Same(mode.Item1, shown, expected);
        }));
    }

    private static GoldenResult CheckPair(Tokenizer tokenizer, JsonElement json)
    {
        Encoding encoding = tokenizer.EncodePair(json.GetProperty("a").GetString()!, json.GetProperty("b").GetString()!, addSpecialTokens: true);
        return GoldenResult.All(
        [
            .. CheckMasks(encoding, json),
            Same("tokens", encoding.Tokens, Texts(json, "tokens")),
            Same("offsets", Flat(encoding.CodePointOffsets), Ids(json, "offsets")),
            Same("sequence_ids", encoding.SequenceIds, Optional(json, "sequence_ids")),
            Same("word_ids", encoding.WordIds, Optional(json, "word_ids")),
        ]);
    }

    private static GoldenResult CheckPadding(Tokenizer tokenizer, JsonElement json, JsonElement batches)
    {
        var options = new PaddingOptions
        {
            PadId = batches.GetProperty("pad_id").GetInt32(),
            PadToken = batches.GetProperty("pad_token").GetString()!,
            Direction = SideOf(json),
            Length = json.GetProperty("length").ValueKind == JsonValueKind.Null ? null : json.GetProperty("length").GetInt32(),
            PadToMultipleOf = json.GetProperty("pad_to_multiple_of").ValueKind == JsonValueKind.Null ? null : json.GetProperty("pad_to_multiple_of").GetInt32(),
        };
        IReadOnlyList<Encoding> batch = Tokenizer.Pad([.. json.GetProperty("texts").EnumerateArray().Select(t => tokenizer.Encode(t.GetString()!, addSpecialTokens: true))], options);
        JsonElement rows = json.GetProperty("rows");
        return batch.Count != rows.GetArrayLength()
            ? GoldenResult.Equal(false, "number of rows")
            : GoldenResult.All(batch.SelectMany((encoding, i) => CheckMasks(encoding, rows[i])));
    }

    private static GoldenResult CheckTruncation(Tokenizer tokenizer, JsonElement json)
    {
        var options = new TruncationOptions
        {
            MaxLength = json.GetProperty("max_length").GetInt32(),
            Stride = json.GetProperty("stride").GetInt32(),
            Direction = SideOf(json),
            Strategy = json.GetProperty("strategy").GetString() switch
            {
                "only_first" => TruncationStrategy.OnlyFirst,
                "only_second" => TruncationStrategy.OnlySecond,
                _ => TruncationStrategy.LongestFirst,
            },
        };
        string a = json.GetProperty("a").GetString()!;
        Encoding encoding = json.GetProperty("b").GetString() is { } b
            ? tokenizer.EncodePair(a, b, addSpecialTokens: true, truncation: options)
            : tokenizer.Encode(a, addSpecialTokens: true, truncation: options);
        string overflowing = string.Join(" | ", encoding.Overflowing.Select(window => string.Join(',', window.Ids)));
        string expected = string.Join(" | ", json.GetProperty("overflowing").EnumerateArray().Select(w => string.Join(',', w.EnumerateArray().Select(e => e.GetInt32()))));
        return GoldenResult.All([.. CheckMasks(encoding, json), Same("overflowing", overflowing, expected)]);
    }

    private static IEnumerable<GoldenResult> CheckMasks(Encoding encoding, JsonElement json) =>
    [
        Same("ids", encoding.Ids, Ids(json, "ids")!),
        Same("type_ids", encoding.TypeIds, Ids(json, "type_ids")),
        Same("attention_mask", encoding.AttentionMask, Ids(json, "attention_mask")),
        Same("special_tokens_mask", encoding.SpecialTokensMask, Ids(json, "special_tokens_mask")),
    ];

    private static TextSide SideOf(JsonElement json) => json.GetProperty("direction").GetString() == "left" ? TextSide.Left : TextSide.Right;

    internal static int[] Flat(IEnumerable<TextSpan> spans) => [.. spans.SelectMany(span => new[] { span.Start, span.End })];

    private static int[]? Utf16Offsets(string text, int[]? codePoints)
    {
        if (codePoints is null) return null;
        List<int> starts = [];
        for (int i = 0; i < text.Length; i += char.IsSurrogatePair(text, i) ? 2 : 1) starts.Add(i);
        starts.Add(text.Length);
        return [.. codePoints.Select(c => starts[c])];
    }

    internal static int[]? Ids(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement list) ? [.. list.EnumerateArray().Select(e => e.GetInt32())] : null;

    private static string[]? Texts(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement list) ? [.. list.EnumerateArray().Select(e => e.GetString()!)] : null;

    private static int?[] Optional(JsonElement json, string name) =>
        [.. json.GetProperty(name).EnumerateArray().Select(e => e.ValueKind == JsonValueKind.Null ? (int?)null : e.GetInt32())];

    internal static GoldenResult Same<T>(string what, IReadOnlyList<T> found, IReadOnlyList<T>? expected)
    {
        if (expected is null || found.SequenceEqual(expected)) return GoldenResult.Equal(true);
        int at = 0;
        while (at < Math.Min(found.Count, expected.Count) && Equals(found[at], expected[at])) at++;
        return GoldenResult.Equal(false, $"{what} differ at {at}: [{Around(found, at)}] for [{Around(expected, at)}]");
    }

    internal static GoldenResult Same(string what, string? found, string? expected) =>
        GoldenResult.Equal(found == expected, $"{what}: {JsonSerializer.Serialize(found)} for {JsonSerializer.Serialize(expected)}");

    private static string Around<T>(IReadOnlyList<T> items, int at) => string.Join(' ', items.Skip(Math.Max(0, at - 2)).Take(6).Select(item => item?.ToString() ?? "null"));
}
