// P = probe texts, T = tokens, V = vocabulary
using TorchSharp;
using TuneSharp.Application.Models;
using TuneSharp.Data.Rendering;
using TuneSharp.Inference.Generation;
using TuneSharp.Inference.Sampling;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Application.Merging;

/// <summary>What a model answers to a few texts: the logits behind every token, and what it writes on.</summary>
internal sealed class MergeProbe(IReadOnlyList<int[]> prompts)
{
    private const int LongestPrompt = 48, WrittenTokens = 32;

    private static readonly string[] OwnTexts =
    [
        "What is the capital of France?",
        "请介绍一下你自己。",
        "def add(a, b):\n    return",
        "Once upon a time there was a little",
    ];

    /// <param name="texts">Each is asked as a question, through the model's template.</param>
    /// <param name="clock">For templates that write the date.</param>
    public static MergeProbe Create(ModelText text, IReadOnlyList<string>? texts, TimeProvider clock)
    {
        ExampleRenderer renderer = text.CreateRenderer(new RenderingOptions { Clock = clock });
        int most = Math.Min(LongestPrompt, Math.Max(1, text.Context - WrittenTokens));
        int[][] prompts = [.. (texts is { Count: > 0 } given ? given : OwnTexts).Select(probe =>
        {
            int[] ids = text.Tokenizer.EncodeIds(renderer.RenderPrompt([new ChatMessage("user", probe)]));
            return ids.Length <= most ? ids : ids[^most..];
        }).Where(ids => ids.Length > 0)];
        return new MergeProbe(prompts);
    }

    /// <summary>Logits of every token of every probe, one after another: [T · V].</summary>
    public float[][] Logits(ICausalLm model)
    {
        using Workspace workspace = model.CreateWorkspace();
        return [.. prompts.Select(ids =>
        {
            using DisposeScope scope = torch.NewDisposeScope();
            using TokenBatch batch = TokenBatch.FromRows([ids]);
            using var tape = new Tape(workspace, recording: false);
            return model.Head.Forward(tape, model.Hidden(tape, batch)).Data.to(torch.ScalarType.Float32).contiguous().data<float>().ToArray();
        })];
    }

    /// <summary>What the model writes on, always the most likely token.</summary>
    public IReadOnlyList<GeneratedText> Write(LoadedModel loaded)
    {
        using var generator = new TextGenerator(loaded.Model, loaded.Text.Tokenizer, loaded.EndIds);
        return generator.GenerateBatch(prompts, SamplingSettings.Greedy(WrittenTokens));
    }

    public static double LargestDifference(float[][] a, float[][] b)
    {
        double largest = 0;
        for (int p = 0; p < a.Length; p++)
        {
            for (int i = 0; i < a[p].Length; i++)
            {
                double difference = Math.Abs((double)a[p][i] - b[p][i]);
                if (double.IsNaN(difference)) return double.NaN;
                largest = Math.Max(largest, difference);
            }
        }
        return largest;
    }
}
