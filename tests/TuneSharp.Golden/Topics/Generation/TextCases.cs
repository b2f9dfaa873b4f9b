using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Golden.Harness;
using TuneSharp.Inference.Generation;
using TuneSharp.Inference.Logprobs;
using static TuneSharp.Golden.Topics.Generation.GenerationTopic;

namespace TuneSharp.Golden.Topics.Generation;

/// <summary>stopping.json and logprobs.json: what becomes of the tokens outside the model.</summary>
internal static class TextCases
{
    // Log-probabilities of float32 logits in double.
    private const double LogprobTolerance = 1e-9;

    public static IEnumerable<GoldenCase> Stopping(JsonElement stopping)
    {
        foreach ((int i, JsonElement found) in stopping.GetProperty("streaming_hold_back").EnumerateArray().Index())
            yield return new GoldenCase($"stopping.json/streaming_hold_back/{i}", () => HoldBack(found));
        foreach ((int i, JsonElement found) in stopping.GetProperty("stop_string_criteria").EnumerateArray().Index())
            yield return new GoldenCase($"stopping.json/stop_string_criteria/{i}", () => StopsAt(found));
    }

    public static IEnumerable<GoldenCase> Logprobs(JsonElement recorded)
    {
        byte[][] vocabulary = [.. recorded.GetProperty("vocabulary").EnumerateArray().Select(bytes => Ids(bytes).Select(b => (byte)b).ToArray())];
        var form = new OpenAiLogprobs(id => vocabulary[id]);
        TokenLogprob[] Tokens(int count) => [.. recorded.GetProperty("logits").EnumerateArray().Zip(Ids(recorded.GetProperty("chosen")), (logits, id) => TokenLogprob.From(Numbers(logits), id, count))];
        foreach (JsonElement chat in recorded.GetProperty("chat").EnumerateArray())
        {
            int count = chat.GetProperty("top_logprobs").GetInt32();
            yield return new GoldenCase($"logprobs.json/chat/{count}", () => Same(form.Chat(Tokens(count)), chat.GetProperty("logprobs"), "logprobs"));
        }
        foreach (JsonProperty legacy in recorded.EnumerateObject().Where(p => p.Name.StartsWith("completions_logprobs_", StringComparison.Ordinal)))
        {
            int count = int.Parse(legacy.Name["completions_logprobs_".Length..]);
            yield return new GoldenCase($"logprobs.json/{legacy.Name}", () => Same(form.Completion(Tokens(count)), legacy.Value, "logprobs"));
        }
    }

    private static GoldenResult HoldBack(JsonElement found)
    {
        var hold = new StopStrings(Texts(found.GetProperty("stop")));
        var emitted = new List<string>();
        foreach (string chunk in Texts(found.GetProperty("chunks")))
        {
            emitted.Add(hold.Push(chunk));
            if (hold.StoppedBy is not null) break;
        }
        if (hold.StoppedBy is null) emitted.Add(hold.Finish());
        bool same = emitted.SequenceEqual(Texts(found.GetProperty("emitted")))
            && string.Concat(emitted) == found.GetProperty("text").GetString() && hold.StoppedBy == found.GetProperty("stopped_by").GetString();
        return GoldenResult.Equal(same, string.Join("|", emitted));
    }

    // The recording asks at every token, also behind the first stop: each is the end of a stream of its own.
    private static GoldenResult StopsAt(JsonElement found)
    {
        string[] stops = Texts(found.GetProperty("stop_strings")), pieces = Texts(found.GetProperty("pieces")), after = Texts(found.GetProperty("text_after"));
        bool[] expected = [.. found.GetProperty("stops_at").EnumerateArray().Select(e => e.GetBoolean())];
        bool[] actual = [.. pieces.Select((piece, i) => stops.Any(stop =>
        {
            string before = after[i][..^piece.Length];
            var stream = new StopStrings([stop]);
            stream.Push(before[Math.Max(0, before.Length - (stop.Length - 1))..]);
            stream.Push(piece);
            return stream.StoppedBy is not null;
        }))];
        var whole = new StopStrings(stops);
        int first = Array.FindIndex(pieces, piece =>
        {
            whole.Push(piece);
            return whole.StoppedBy is not null;
        });
        JsonElement recorded = found.GetProperty("first");
        return GoldenResult.Equal(actual.SequenceEqual(expected) && first == (recorded.ValueKind == JsonValueKind.Null ? -1 : recorded.GetInt32()), $"first {first}; {string.Join(' ', actual)}");
    }

    private static GoldenResult Same(JsonNode? actual, JsonElement expected, string where)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                string[] keys = [.. expected.EnumerateObject().Select(p => p.Name)];
                if (actual is not JsonObject map || !map.Select(p => p.Key).Order(StringComparer.Ordinal).SequenceEqual(keys.Order(StringComparer.Ordinal))) return GoldenResult.Equal(false, where + ": other keys");
                return keys.Length == 0 ? GoldenResult.Equal(true) : GoldenResult.All(keys.Select(key => Same(map[key], expected.GetProperty(key), $"{where}.{key}")));
            case JsonValueKind.Array:
                if (actual is not JsonArray list || list.Count != expected.GetArrayLength()) return GoldenResult.Equal(false, where + ": other length");
                return list.Count == 0 ? GoldenResult.Equal(true) : GoldenResult.All(list.Select((item, i) => Same(item, expected[i], $"{where}[{i}]")));
            case JsonValueKind.Number:
                double difference = Math.Abs(JsonSerializer.Deserialize<double>(actual) - expected.GetDouble());
                return new GoldenResult(difference <= LogprobTolerance, difference, LogprobTolerance, where);
            default:
                return GoldenResult.Equal((actual?.ToString() ?? "") == expected.ToString(), where);
        }
    }

    private static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(e => e.GetString()!)];
}
