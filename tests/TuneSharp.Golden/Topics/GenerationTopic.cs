using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Inference.Generation;
using TuneSharp.Inference.Sampling;
using TuneSharp.Inference.Sampling.Processors;
using TuneSharp.Models;

namespace TuneSharp.Golden.Topics;

/// <summary>outcomes/generation: logits processors, pipelines of them, generation, stopping, log-probabilities.</summary>
public sealed class GenerationTopic : IGoldenTopic
{
    // "tensors 1e-5 absolute" (outcomes/README.md)
    private const double Tolerance = 1e-5;

    public string Topic => "outcomes/generation";

    public IEnumerable<GoldenCase> Find(string folder)
    {
        if (Exists(folder, "processors.json"))
            foreach (GoldenCase found in Processors(folder)) yield return found;
        if (Exists(folder, "model_generation.json"))
        {
            JsonElement generation = GoldenFixtures.ReadJson(Path.Combine(folder, "model_generation.json"));
            float[] scores = Array.ConvertAll(generation.GetProperty("pipeline_scores").EnumerateArray().ToArray(), Number);
            foreach ((int i, JsonElement pipeline) in generation.GetProperty("sampling_pipelines").EnumerateArray().Index())
                yield return new GoldenCase($"model_generation.json/sampling_pipelines/{i}", () => Pipeline(pipeline, scores));
            foreach (JsonElement found in generation.GetProperty("cases").EnumerateArray())
                yield return new GoldenCase($"model_generation.json/{found.GetProperty("name").GetString()}", () => Greedy(folder, generation.GetProperty("config"), found));
        }
        if (Exists(folder, "stopping.json"))
        {
            JsonElement stopping = GoldenFixtures.ReadJson(Path.Combine(folder, "stopping.json"));
            foreach ((int i, JsonElement found) in stopping.GetProperty("streaming_hold_back").EnumerateArray().Index())
                yield return new GoldenCase($"stopping.json/streaming_hold_back/{i}", () => HoldBack(found));
            foreach ((int i, JsonElement _) in stopping.GetProperty("stop_string_criteria").EnumerateArray().Index())
                yield return new GoldenCase($"stopping.json/stop_string_criteria/{i}", () => GoldenResult.NotBuilt("StopStringCriteria"));
        }
        if (Exists(folder, "logprobs.json")) yield return new GoldenCase("logprobs.json", () => GoldenResult.NotBuilt("log-probabilities of an answer"));
    }

    public string? SpoilOne(string copy)
    {
        string path = Path.Combine(copy, "processors.json");
        if (!File.Exists(path)) return null;
        string name = JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("cases").EnumerateArray()
            .First(c => c.GetProperty("processor").GetString() == "TemperatureLogitsWarper").GetProperty("name").GetString()!;
        GoldenTensors.Move(Path.Combine(copy, "processors.safetensors"), name + ".out", 0, (float)(10 * Tolerance));
        return "processors.json/" + name;
    }

    private static bool Exists(string folder, string name) => File.Exists(Path.Combine(folder, name));

    private static IEnumerable<GoldenCase> Processors(string folder)
    {
        JsonElement processors = GoldenFixtures.ReadJson(Path.Combine(folder, "processors.json"));
        int vocabulary = processors.GetProperty("vocabulary").GetInt32();
        foreach (JsonElement found in processors.GetProperty("cases").EnumerateArray())
        {
            string name = found.GetProperty("name").GetString()!;
            yield return new GoldenCase("processors.json/" + name, () => Processor(folder, found, vocabulary));
        }
        foreach ((int i, JsonElement _) in processors.GetProperty("mirostat_v2").EnumerateArray().Index())
            yield return new GoldenCase($"processors.json/mirostat_v2/{i}", () => GoldenResult.NotBuilt("Mirostat"));
        if (processors.TryGetProperty("speculative_acceptance", out _)) yield return new GoldenCase("processors.json/speculative_acceptance", () => GoldenResult.NotBuilt("speculative decoding"));
    }

    private static GoldenResult Processor(string folder, JsonElement found, int vocabulary)
    {
        string name = found.GetProperty("name").GetString()!, kind = found.GetProperty("processor").GetString()!;
        ILogitsProcessor? processor = Create(kind, found.GetProperty("arguments"));
        if (processor is null) return GoldenResult.NotBuilt(kind);
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, "processors.safetensors"));
        float[] scores = file.Floats(found.GetProperty("own_scores").GetBoolean() ? name + ".scores" : "scores");
        int[] ids = file.Ids(found.GetProperty("own_input_ids").GetBoolean() ? name + ".input_ids" : "input_ids");
        int rows = scores.Length / vocabulary, width = ids.Length / rows;
        int prompt = found.GetProperty("arguments").TryGetProperty("prompt_length", out JsonElement length) ? length.GetInt32() : 0;
        for (int row = 0; row < rows; row++)
            processor.Apply(new SamplingContext(ids.AsSpan(row * width, width), prompt), scores.AsSpan(row * vocabulary, vocabulary));
        return GoldenTensors.Close(scores, file.Floats(name + ".out"), Tolerance, kind);
    }

    private static ILogitsProcessor? Create(string kind, JsonElement a)
    {
        double Value(string key) => a.GetProperty(key).GetDouble();
        int Whole(string key) => a.GetProperty(key).GetInt32();
        HashSet<int> Set(string key) => [.. a.GetProperty(key).EnumerateArray().Select(e => e.GetInt32())];
        return kind switch
        {
            "TemperatureLogitsWarper" => new Temperature(Value("temperature")),
            "TopKLogitsWarper" => new TopK(Whole("top_k"), Whole("min_tokens_to_keep")),
            "TopPLogitsWarper" => new TopP(Value("top_p"), Whole("min_tokens_to_keep")),
            "MinPLogitsWarper" => new MinP(Value("min_p"), Whole("min_tokens_to_keep")),
            "TypicalLogitsWarper" => new Typical(Value("mass"), Whole("min_tokens_to_keep")),
            "EpsilonLogitsWarper" => new EpsilonCutoff(Value("epsilon"), Whole("min_tokens_to_keep")),
            "EtaLogitsWarper" => new EtaCutoff(Value("epsilon"), Whole("min_tokens_to_keep")),
            "RepetitionPenaltyLogitsProcessor" => new RepetitionPenalty(Value("penalty"), a.TryGetProperty("prompt_ignore_length", out JsonElement ignored) ? ignored.GetInt32() : 0),
            "NoRepeatNGramLogitsProcessor" => new NoRepeatNGram(Whole("ngram_size")),
            "OpenAI logit_bias (added to the logits)" => new LogitBias(a.GetProperty("logit_bias").EnumerateObject().ToDictionary(p => int.Parse(p.Name), p => p.Value.GetDouble())),
            "DRY" => new Dry(Value("multiplier"), Value("base"), Whole("allowed"), Set("breakers"), Whole("last_n")),
            "XTC, applied" => new Xtc(Value("threshold"), Set("protected"), () => true),
            "top-n-sigma" => new TopNSigma(Value("n")),
            "top-a" => new TopA(Value("a")),
            _ when kind.StartsWith("presence/frequency penalty", StringComparison.Ordinal) => new CountPenalties(Value("presence"), Value("frequency")),
            _ => null,
        };
    }

    // Options that no setting honours make the case one of a part that is not built; none is left out silently.
    private static GoldenResult Pipeline(JsonElement pipeline, float[] startScores)
    {
        var settings = new SamplingSettings { TopP = 1 };
        foreach (JsonProperty option in pipeline.GetProperty("arguments").EnumerateObject())
        {
            double value = option.Value.ValueKind == JsonValueKind.Number ? option.Value.GetDouble() : double.NaN;
            SamplingSettings? with = option.Name switch
            {
                "temperature" => settings with { Temperature = value },
                "top_k" => settings with { TopK = (int)value },
                "top_p" => settings with { TopP = value },
                "min_p" => settings with { MinP = value },
                "typical_p" => settings with { TypicalP = value },
                "epsilon_cutoff" => settings with { EpsilonCutoff = value },
                "eta_cutoff" => settings with { EtaCutoff = value },
                "repetition_penalty" => settings with { RepetitionPenalty = value },
                "no_repeat_ngram_size" => settings with { NoRepeatNgramSize = (int)value },
                _ => null,
            };
            if (with is null) return GoldenResult.NotBuilt(option.Name);
            settings = with;
        }
        int[] ids = [.. pipeline.GetProperty("input_ids").EnumerateArray().Select(e => e.GetInt32())];
        float[] scores = [.. startScores];
        var context = new SamplingContext(ids, pipeline.GetProperty("prompt_length").GetInt32());
        foreach (ILogitsProcessor step in SamplingPipeline.Create(settings)) step.Apply(context, scores);
        float[] expected = Array.ConvertAll(pipeline.GetProperty("scores_after").EnumerateArray().ToArray(), Number);
        float[] p = Array.ConvertAll(Distribution.Softmax(scores), x => (float)x);
        float[] expectedP = Array.ConvertAll(pipeline.GetProperty("probabilities").EnumerateArray().ToArray(), Number);
        return GoldenResult.All([GoldenTensors.Close(scores, expected, Tolerance, "scores"), GoldenTensors.Close(p, expectedP, Tolerance, "probabilities")]);
    }

    // Each run of a case is one batch: alone, or several prompts padded on the left.
    private static GoldenResult Greedy(string folder, JsonElement config, JsonElement found)
    {
        var settings = SamplingSettings.Greedy(1);
        int[] ends = [];
        int? maxNewTokens = null, maxLength = null;
        foreach (JsonProperty option in found.GetProperty("arguments").EnumerateObject())
        {
            if (option.Value.ValueKind is JsonValueKind.Null or JsonValueKind.False || option.Name == "pad_token_id") continue;
            switch (option.Name)
            {
                case "max_new_tokens": maxNewTokens = option.Value.GetInt32(); break;
                case "max_length": maxLength = option.Value.GetInt32(); break;
                case "eos_token_id": ends = option.Value.ValueKind == JsonValueKind.Array ? [.. option.Value.EnumerateArray().Select(e => e.GetInt32())] : [option.Value.GetInt32()]; break;
                case "repetition_penalty": settings = settings with { RepetitionPenalty = option.Value.GetDouble() }; break;
                case "no_repeat_ngram_size": settings = settings with { NoRepeatNgramSize = option.Value.GetInt32() }; break;
                default: return GoldenResult.NotBuilt(option.Name);
            }
        }
        using ICausalLm model = LoadTinyLlama(folder, config);
        using var decoder = new BatchDecoder(model);
        int[][] Rows(JsonElement rows) => [.. rows.EnumerateArray().Select(r => r.EnumerateArray().Select(e => e.GetInt32()).ToArray())];
        var results = new List<GoldenResult>();
        foreach (JsonElement run in found.GetProperty("runs").EnumerateArray())
        {
            int[][] padded = Rows(run.GetProperty("input_ids")), masks = Rows(run.GetProperty("attention_mask")), expected = Rows(run.GetProperty("sequences"));
            int[][] prompts = [.. padded.Zip(masks, (ids, mask) => ids.Where((_, i) => mask[i] == 1).ToArray())];
            int width = padded[0].Length, limit = maxNewTokens ?? maxLength!.Value - width;
            TokenSampler[] samplers = [.. prompts.Select(_ => new TokenSampler(settings))];
            var last = new int?[prompts.Length];
            IReadOnlyList<IReadOnlyList<int>> rows = decoder.Run(prompts, limit, (r, ids, logits) =>
            {
                int id = samplers[r].Next(new SamplingContext(ids, prompts[r].Length), logits);
                if (!ends.Contains(id)) return id;
                last[r] = id;
                return null;
            });
            for (int r = 0; r < prompts.Length; r++)
            {
                // Behind an end the recording is filled with the pad id up to the longest row.
                int[] actual = last[r] is int end ? [.. rows[r], end] : [.. rows[r]];
                int[] wanted = [.. expected[r].Skip(width - prompts[r].Length)];
                bool same = wanted.Length >= actual.Length && wanted.AsSpan(0, actual.Length).SequenceEqual(actual) && wanted.Skip(actual.Length).All(id => id == 0) && (last[r] is not null || wanted.Length == actual.Length);
                results.Add(GoldenResult.Equal(same, string.Join(' ', actual)));
            }
        }
        return GoldenResult.All(results);
    }

    // The recording holds a config without a file; a model folder is made of it.
    private static ICausalLm LoadTinyLlama(string folder, JsonElement config)
    {
        string model = Directory.CreateTempSubdirectory("tunesharp-tiny-").FullName;
        try
        {
            JsonObject json = JsonNode.Parse(config.GetRawText())!.AsObject();
            json["model_type"] = "llama";
            json["architectures"] = new JsonArray("LlamaForCausalLM");
            File.WriteAllText(Path.Combine(model, "config.json"), json.ToJsonString());
            File.Copy(Path.Combine(folder, "tiny_llama.safetensors"), Path.Combine(model, "model.safetensors"));
            return ModelCatalog.Load(model);
        }
        finally
        {
            Directory.Delete(model, recursive: true);
        }
    }

    private static GoldenResult HoldBack(JsonElement found)
    {
        var hold = new StopStrings([.. found.GetProperty("stop").EnumerateArray().Select(s => s.GetString()!)]);
        var emitted = new List<string>();
        foreach (JsonElement chunk in found.GetProperty("chunks").EnumerateArray())
        {
            emitted.Add(hold.Push(chunk.GetString()!));
            if (hold.StoppedBy is not null) break;
        }
        if (hold.StoppedBy is null) emitted.Add(hold.Finish());
        bool same = emitted.SequenceEqual(found.GetProperty("emitted").EnumerateArray().Select(e => e.GetString()!))
            && string.Concat(emitted) == found.GetProperty("text").GetString() && hold.StoppedBy == found.GetProperty("stopped_by").GetString();
        return GoldenResult.Equal(same, string.Join("|", emitted));
    }

    private static float Number(JsonElement value) => value.ValueKind == JsonValueKind.Number
        ? (float)value.GetDouble()
        : value.GetString() switch { "Infinity" => float.PositiveInfinity, "-Infinity" => float.NegativeInfinity, _ => float.NaN };
}
