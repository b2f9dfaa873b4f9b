using TuneSharp.Data;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;

namespace TuneSharp.Training.Tests;

/// <summary>A model of a few thousand weights, and rows that it can learn.</summary>
internal static class TinyModel
{
    public const int Vocabulary = 32;

    public static HfConfig Config { get; } = HfConfig.Parse(
        $$"""
        {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": {{Vocabulary}}, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2,
         "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 64, "rms_norm_eps": 1e-6, "hidden_act": "silu",
         "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0}, "tie_word_embeddings": false, "initializer_range": 0.3}
        """, "test");

    public static ICausalLm Create(long seed = 1) => ModelCatalog.CreateRandom(Config, seed);

    /// <summary>Rows "… a → a + 13, end": the answer follows from the question. Lengths differ; the question is not labelled.</summary>
    public static TrainingExample[] Rows(int count, int seed = 0, bool shuffledAnswers = false)
    {
        var random = new Random(seed);
        var rows = new (int[] Question, int Answer)[count];
        for (int r = 0; r < count; r++)
        {
            int a = random.Next(8), padding = random.Next(3);
            rows[r] = ([1, .. Enumerable.Repeat(2, padding), 3 + a], 16 + a);
        }

        int[] answers = [.. rows.Select(row => row.Answer)];
        if (shuffledAnswers) random.Shuffle(answers);
        return [.. rows.Select((row, r) => new TrainingExample([.. row.Question, answers[r], 30], [.. Enumerable.Repeat(TrainingExample.Ignored, row.Question.Length), answers[r], 30]))];
    }
}
