using System.Diagnostics;
using TorchSharp;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Benchmarks.Engine;

/// <summary>
/// Pre-training step of a model of the embedded one's size on many short rows: how near it comes to the bare matrix products
/// that it consists of. What is lost is the price of calls, of attention and of elementwise work.
/// </summary>
public sealed class SmallModelBenchmark : IBenchmark
{
    private const string Config = """
        { "model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 256, "intermediate_size": 688, "num_hidden_layers": 6,
          "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 4096, "max_position_embeddings": 512, "tie_word_embeddings": true }
        """;

    public string Name => "engine-small";

    public string Description => "full step of a 5 M parameter model on 3,000 tokens in rows of 20 to 120, against its bare matrix products";

    public int Run(string[] args)
    {
        using ICausalLm model = ModelCatalog.CreateRandom(HfConfig.Parse(Config, "benchmark"), 1);
        using Workspace workspace = model.CreateWorkspace();
        foreach (Parameter parameter in model.Parameters) parameter.Trained = true;
        var random = new Random(5);
        List<int[]> rows = [];
        while (rows.Sum(row => row.Length) < 3000) rows.Add([.. Enumerable.Range(0, random.Next(20, 121)).Select(_ => random.Next(4096))]);
        int tokens = rows.Sum(row => row.Length);

        double step = Processor(() =>
        {
            using TokenBatch batch = TokenBatch.FromRows(rows, rows);
            using var t = new Tape(workspace);
            t.Backward(t.CrossEntropy(model.Hidden(t, batch), model.Head, batch, batch.NumLabels));
            foreach (Parameter parameter in model.Parameters) parameter.ClearGrad();
        });
        double products = Processor(() =>
        {
            // Forward, gradient of the input, gradient of the weight: three products of the same size for every linear.
            foreach (Linear linear in model.Linears.Append(model.Head))
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor x = torch.empty(tokens, linear.In), y = x.mm(linear.Weight.Value.t());
                _ = y.mm(linear.Weight.Value);
                _ = y.t().mm(x);
            }
        });
        Console.WriteLine($"{tokens} tokens in {rows.Count} rows: step {step:0.000} s of processor time, its products {products:0.000} s, share {products / step:0.00}");
        return 0;
    }

    private static double Processor(Action action)
    {
        List<double> seconds = [];
        for (int i = 0; i < 5; i++)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            action();
            if (i > 0) seconds.Add((Environment.CpuUsage.TotalTime - before).TotalSeconds);
        }
        return EngineBenchmark.Median(seconds);
    }
}
