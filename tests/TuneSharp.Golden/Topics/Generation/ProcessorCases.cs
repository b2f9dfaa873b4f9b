using System.Text.Json;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Inference.Sampling;
using TuneSharp.Inference.Sampling.Processors;
using static TuneSharp.Golden.Topics.Generation.GenerationTopic;

namespace TuneSharp.Golden.Topics.Generation;

/// <summary>processors.json: one processor each on four rows of scores, and traces of Mirostat.</summary>
internal static class ProcessorCases
{
    public static IEnumerable<GoldenCase> Find(string folder, JsonElement processors)
    {
        int vocabulary = processors.GetProperty("vocabulary").GetInt32();
        foreach (JsonElement found in processors.GetProperty("cases").EnumerateArray())
        {
            string name = found.GetProperty("name").GetString()!;
            yield return new GoldenCase("processors.json/" + name, () => Run(folder, found, vocabulary));
        }
        foreach ((int i, JsonElement trace) in processors.GetProperty("mirostat_v2").EnumerateArray().Index())
            yield return new GoldenCase($"processors.json/mirostat_v2/{i}", () => Trace(folder, trace, vocabulary));
        if (processors.TryGetProperty("speculative_acceptance", out _)) yield return new GoldenCase("processors.json/speculative_acceptance", () => GoldenResult.NotBuilt("speculative decoding"));
    }

    private static GoldenResult Run(string folder, JsonElement found, int vocabulary)
    {
        string name = found.GetProperty("name").GetString()!, kind = found.GetProperty("processor").GetString()!;
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, "processors.safetensors"));
        float[] scores = file.Floats(found.GetProperty("own_scores").GetBoolean() ? name + ".scores" : "scores");
        int[] ids = file.Ids(found.GetProperty("own_input_ids").GetBoolean() ? name + ".input_ids" : "input_ids");
        int rows = scores.Length / vocabulary, width = ids.Length / rows;
        JsonElement arguments = found.GetProperty("arguments");
        int prompt = new[] { "prompt_length", "prompt_length_to_skip", "input_ids_seq_length", "begin_index" }
            .Select(key => arguments.TryGetProperty(key, out JsonElement length) ? length.GetInt32() : 0).Max();
        for (int row = 0; row < rows; row++)
        {
            if (Create(kind, arguments, row, () => Encoder(file, name, row, rows)) is not { } processor) return GoldenResult.NotBuilt(kind);
            processor.Apply(new SamplingContext(ids.AsSpan(row * width, width), prompt), scores.AsSpan(row * vocabulary, vocabulary));
        }
        return GoldenTensors.Close(scores, file.Floats(name + ".out"), Tolerance, kind);
    }

    private static int[] Encoder(SafetensorsFile file, string name, int row, int rows)
    {
        string own = name + ".encoder_input_ids";
        int[] all = file.Ids(file.Tensors.ContainsKey(own) ? own : "encoder_input_ids");
        int width = all.Length / rows;
        return all[(row * width)..((row + 1) * width)];
    }

    private static ILogitsProcessor? Create(string kind, JsonElement a, int row, Func<int[]> encoder)
    {
        double Value(string key) => a.GetProperty(key).GetDouble();
        int Whole(string key) => a.GetProperty(key).GetInt32();
        int[] List(string key) => Ids(a.GetProperty(key));
        HashSet<int> Set(string key) => [.. List(key)];
        return kind switch
        {
            "TemperatureLogitsWarper" => new Temperature(Value("temperature")),
            "TopKLogitsWarper" => new TopK(Whole("top_k"), Whole("min_tokens_to_keep")),
            "TopPLogitsWarper" => new TopP(Value("top_p"), Whole("min_tokens_to_keep")),
            "TopHLogitsWarper" => new TopH(Value("top_h")),
            "MinPLogitsWarper" => new MinP(Value("min_p"), Whole("min_tokens_to_keep")),
            "TypicalLogitsWarper" => new Typical(Value("mass"), Whole("min_tokens_to_keep")),
            "EpsilonLogitsWarper" => new EpsilonCutoff(Value("epsilon"), Whole("min_tokens_to_keep")),
            "EtaLogitsWarper" => new EtaCutoff(Value("epsilon"), Whole("min_tokens_to_keep")),
            "RepetitionPenaltyLogitsProcessor" => new RepetitionPenalty(Value("penalty"), a.TryGetProperty("prompt_ignore_length", out JsonElement ignored) ? ignored.GetInt32() : 0),
            "EncoderRepetitionPenaltyLogitsProcessor" => new EncoderRepetitionPenalty(Value("penalty"), encoder()),
            "EncoderNoRepeatNGramLogitsProcessor" => new EncoderNoRepeatNGram(Whole("encoder_ngram_size"), encoder()),
            "NoRepeatNGramLogitsProcessor" => new NoRepeatNGram(Whole("ngram_size")),
            "NoBadWordsLogitsProcessor" => new BadWords(Rows(a.GetProperty("bad_words_ids")), List("eos_token_id")),
            "SequenceBiasLogitsProcessor" => new SequenceBias([.. a.GetProperty("sequence_bias").EnumerateArray().Select(e => (Ids(e[0]), e[1].GetDouble()))]),
            "MinLengthLogitsProcessor" => new MinLength(Whole("min_length"), List("eos_token_id")),
            "MinNewTokensLengthLogitsProcessor" => new MinNewTokens(Whole("min_new_tokens"), List("eos_token_id")),
            "ForcedBOSTokenLogitsProcessor" => new ForcedBos(Whole("bos_token_id")),
            "ForcedEOSTokenLogitsProcessor" => new ForcedEos(List("eos_token_id"), Whole("max_length")),
            "SuppressTokensLogitsProcessor" => new SuppressTokens(List("suppress_tokens")),
            "SuppressTokensAtBeginLogitsProcessor" => new SuppressTokensAtBegin(List("begin_suppress_tokens")),
            "ExponentialDecayLengthPenalty" => new ExponentialDecay(a.GetProperty("exponential_decay_length_penalty")[0].GetInt32(), a.GetProperty("exponential_decay_length_penalty")[1].GetDouble(), List("eos_token_id")),
            "PrefixConstrainedLogitsProcessor" => new AllowedTokens(Ids(a.GetProperty("allowed_per_row")[row])),
            "InfNanRemoveLogitsProcessor" => new RemoveInvalid(),
            "LogitNormalization" => new Renormalise(),
            "OpenAI logit_bias (added to the logits)" => new LogitBias(a.GetProperty("logit_bias").EnumerateObject().ToDictionary(p => int.Parse(p.Name), p => p.Value.GetDouble())),
            "DRY" => new Dry(Value("multiplier"), Value("base"), Whole("allowed"), Set("breakers"), Whole("last_n")),
            "XTC, applied" => new Xtc(Value("threshold"), Set("protected"), () => true),
            "top-n-sigma" => new TopNSigma(Value("n")),
            "top-a" => new TopA(Value("a")),
            "tail free sampling" => new TailFree(Value("z")),
            "dynamic temperature" => new DynamicTemperature(Value("low"), Value("high"), Value("exponent")),
            "quadratic (smoothing) sampling" => new Quadratic(Value("factor"), Value("curve")),
            _ when kind.StartsWith("presence/frequency penalty", StringComparison.Ordinal) => new CountPenalties(Value("presence"), Value("frequency")),
            _ => null,
        };
    }

    private static GoldenResult Trace(string folder, JsonElement trace, int vocabulary)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, "processors.safetensors"));
        float[] scores = file.Floats("mirostat.scores");
        var mirostat = new Mirostat(trace.GetProperty("tau").GetDouble(), trace.GetProperty("eta").GetDouble());
        var results = new List<GoldenResult>();
        foreach ((int i, JsonElement step) in trace.GetProperty("steps").EnumerateArray().Index())
        {
            ReadOnlySpan<float> scores_V = scores.AsSpan(i * vocabulary, vocabulary);
            results.Add(GoldenTensors.Close([(float)mirostat.Limit], [step.GetProperty("mu_before").GetSingle()], Tolerance, "limit"));
            (int[] kept, double[] p) = mirostat.Candidates(scores_V);
            results.Add(GoldenResult.Equal(kept.SequenceEqual(Ids(step.GetProperty("kept"))), $"step {i}: kept {string.Join(' ', kept)}"));
            results.Add(GoldenTensors.Close([.. p.Select(x => (float)x)], Numbers(step.GetProperty("probabilities")), Tolerance, "probabilities"));
            int token = mirostat.Draw(scores_V, step.GetProperty("u").GetDouble());
            results.Add(GoldenResult.Equal(token == step.GetProperty("token").GetInt32(), $"step {i}: token {token}"));
            results.Add(GoldenTensors.Close([(float)mirostat.Limit], [step.GetProperty("mu_after").GetSingle()], Tolerance, "limit"));
        }
        return GoldenResult.All(results);
    }
}
