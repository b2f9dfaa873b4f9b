using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Golden.Harness;
using TuneSharp.Inference.Beams;
using TuneSharp.Inference.Generation;
using TuneSharp.Inference.Sampling;
using TuneSharp.Models;
using static TuneSharp.Golden.Topics.Generation.GenerationTopic;

namespace TuneSharp.Golden.Topics.Generation;

/// <summary>model_generation.json: pipelines of processors, and whole texts of a tiny model, greedy and by beam search.</summary>
internal static class ModelCases
{
    // outcomes/README.md
    private const double ScoreTolerance = 1e-4;

    public static IEnumerable<GoldenCase> Find(string folder, JsonElement generation)
    {
        float[] scores = Numbers(generation.GetProperty("pipeline_scores"));
        int[] ends = Ids(generation.GetProperty("config").GetProperty("eos_token_id"));
        foreach ((int i, JsonElement pipeline) in generation.GetProperty("sampling_pipelines").EnumerateArray().Index())
            yield return new GoldenCase($"model_generation.json/sampling_pipelines/{i}", () => Pipeline(pipeline, scores, ends));
        foreach (JsonElement found in generation.GetProperty("cases").EnumerateArray())
            yield return new GoldenCase($"model_generation.json/{found.GetProperty("name").GetString()}", () => Texts(folder, generation.GetProperty("config"), found));
    }

    /// <summary>The option of transformers as a setting; null: there is none.</summary>
    private static SamplingSettings? With(SamplingSettings settings, JsonProperty option)
    {
        JsonElement value = option.Value;
        JsonNode? Node() => JsonNode.Parse(value.GetRawText());
        return option.Name switch
        {
            "temperature" => settings with { Temperature = value.GetDouble() },
            "top_k" => settings with { TopK = value.GetInt32() },
            "top_p" => settings with { TopP = value.GetDouble() },
            "top_h" => settings with { TopH = value.GetDouble() },
            "min_p" => settings with { MinP = value.GetDouble() },
            "typical_p" => settings with { TypicalP = value.GetDouble() },
            "epsilon_cutoff" => settings with { EpsilonCutoff = value.GetDouble() },
            "eta_cutoff" => settings with { EtaCutoff = value.GetDouble() },
            "repetition_penalty" => settings with { RepetitionPenalty = value.GetDouble() },
            "encoder_repetition_penalty" => settings with { EncoderRepetitionPenalty = value.GetDouble() },
            "no_repeat_ngram_size" => settings with { NoRepeatNgramSize = value.GetInt32() },
            "encoder_no_repeat_ngram_size" => settings with { EncoderNoRepeatNgramSize = value.GetInt32() },
            "bad_words_ids" => settings with { BadWords = TokenSequences.FromJson(Node()) },
            "sequence_bias" => settings with { SequenceBias = TokenSequences.FromJson(Node()) },
            "suppress_tokens" => settings with { SuppressTokens = TokenIds.FromJson(Node()) },
            "begin_suppress_tokens" => settings with { BeginSuppressTokens = TokenIds.FromJson(Node()) },
            "exponential_decay_length_penalty" => settings with { ExponentialDecayLengthPenalty = LengthDecay.FromJson(Node()) },
            "min_length" => settings with { MinLength = value.GetInt32() },
            "min_new_tokens" => settings with { MinNewTokens = value.GetInt32() },
            "forced_bos_token_id" => settings with { ForcedBosTokenId = value.GetInt32() },
            "forced_eos_token_id" => settings with { ForcedEosTokenId = value.GetInt32() },
            "remove_invalid_values" => settings with { RemoveInvalidValues = value.GetBoolean() },
            "renormalize_logits" => settings with { RenormalizeLogits = value.GetBoolean() },
            "num_beams" => settings with { NumBeams = value.GetInt32() },
            "num_return_sequences" => settings with { NumReturnSequences = value.GetInt32() },
            "length_penalty" => settings with { LengthPenalty = value.GetDouble() },
            "early_stopping" => settings with { EarlyStopping = value.ValueKind == JsonValueKind.String ? Enum.Parse<EarlyStopping>(value.GetString()!, ignoreCase: true) : value.GetBoolean() ? EarlyStopping.True : EarlyStopping.False },
            _ => null,
        };
    }

    private static GoldenResult Pipeline(JsonElement pipeline, float[] startScores, int[] ends)
    {
        var settings = new SamplingSettings { Temperature = 1, TopP = 1 };
        foreach (JsonProperty option in pipeline.GetProperty("arguments").EnumerateObject())
        {
            if (With(settings, option) is not { } with) return GoldenResult.NotBuilt(option.Name);
            settings = with;
        }
        settings.Validate();
        float[] scores = [.. startScores];
        var context = new SamplingContext(Ids(pipeline.GetProperty("input_ids")), pipeline.GetProperty("prompt_length").GetInt32());
        foreach (ILogitsProcessor step in SamplingPipeline.Create(settings, new SamplingScope(ends))) step.Apply(context, scores);
        float[] p = Array.ConvertAll(Distribution.Softmax(scores), x => (float)x);
        return GoldenResult.All(
        [
            GoldenTensors.Close(scores, Numbers(pipeline.GetProperty("scores_after")), Tolerance, "scores"),
            GoldenTensors.Close(p, Numbers(pipeline.GetProperty("probabilities")), Tolerance, "probabilities"),
        ]);
    }

    // Each run of a case is one batch: alone, or several prompts padded on the left.
    private static GoldenResult Texts(string folder, JsonElement config, JsonElement found)
    {
        var settings = SamplingSettings.Greedy(1);
        int[] ends = [];
        int? maxNewTokens = null, maxLength = null;
        int pad = 0;
        foreach (JsonProperty option in found.GetProperty("arguments").EnumerateObject())
        {
            if (option.Value.ValueKind is JsonValueKind.Null or JsonValueKind.False) continue;
            switch (option.Name)
            {
                case "max_new_tokens": maxNewTokens = option.Value.GetInt32(); break;
                case "max_length": maxLength = option.Value.GetInt32(); break;
                case "eos_token_id": ends = Ids(option.Value); break;
                case "pad_token_id": pad = option.Value.GetInt32(); break;
                default:
                    if (With(settings, option) is not { } with) return GoldenResult.NotBuilt(option.Name);
                    settings = with;
                    break;
            }
        }
        using ICausalLm model = LoadTinyLlama(folder, config);
        return GoldenResult.All(found.GetProperty("runs").EnumerateArray().Select(run =>
        {
            int[][] padded = Rows(run.GetProperty("input_ids")), masks = Rows(run.GetProperty("attention_mask"));
            int[][] prompts = [.. padded.Zip(masks, (ids, mask) => ids.Where((_, i) => mask[i] == 1).ToArray())];
            SamplingSettings limited = settings with { MaxNewTokens = maxNewTokens ?? maxLength!.Value - padded[0].Length };
            limited.Validate();
            return settings.NumBeams > 1
                ? Beams(model, prompts, limited, ends, pad == 0 && ends.Length > 0 ? ends[0] : pad, run)
                : Greedy(model, prompts, limited, ends, pad, run);
        }));
    }

    private static GoldenResult Greedy(ICausalLm model, int[][] prompts, SamplingSettings settings, int[] ends, int pad, JsonElement run)
    {
        using var decoder = new BatchDecoder(model);
        TokenSampler[] samplers = [.. prompts.Select(_ => new TokenSampler(settings, new SamplingScope(ends)))];
        var last = new int?[prompts.Length];
        IReadOnlyList<IReadOnlyList<int>> rows = decoder.Run(prompts, settings.MaxNewTokens, (r, ids, logits) =>
        {
            int id = samplers[r].Next(new SamplingContext(ids, prompts[r].Length), logits);
            if (!ends.Contains(id)) return id;
            last[r] = id;
            return null;
        });
        int[][] written = [.. rows.Select((row, r) => row.Skip(prompts[r].Length).Concat(last[r] is { } end ? [end] : []).ToArray())];
        return SameTexts(written, run, pad);
    }

    private static GoldenResult Beams(ICausalLm model, int[][] prompts, SamplingSettings settings, int[] ends, int fill, JsonElement run)
    {
        using var search = new BeamSearch(model);
        BeamHypothesis[] found = [.. search.Run(prompts, settings, new SamplingScope(ends)).SelectMany(texts => texts)];
        GoldenResult texts = SameTexts([.. found.Select(hypothesis => hypothesis.Ids.ToArray())], run, fill);
        return GoldenResult.All([texts, GoldenTensors.Close([.. found.Select(hypothesis => (float)hypothesis.Score)], Numbers(run.GetProperty("sequences_scores")), ScoreTolerance, "scores")]);
    }

    /// <summary>The recording holds the padded prompt, the text, and behind an end the fill id up to the longest row.</summary>
    private static GoldenResult SameTexts(int[][] written, JsonElement run, int fill)
    {
        int[][] expected = Rows(run.GetProperty("sequences"));
        int width = run.GetProperty("input_ids")[0].GetArrayLength(), longest = written.Max(ids => ids.Length);
        if (expected.Length != written.Length) return GoldenResult.Equal(false, $"{written.Length} texts instead of {expected.Length}");
        return GoldenResult.All(written.Zip(expected, (ids, wanted) =>
            GoldenResult.Equal(wanted.Skip(width).SequenceEqual(ids.Concat(Enumerable.Repeat(fill, longest - ids.Length))), string.Join(' ', ids))));
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
}
