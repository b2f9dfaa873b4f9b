using TorchSharp;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Peft;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Targets;
using static TorchSharp.torch;

namespace TuneSharp.Benchmarks.Engine;

/// <summary>The step as this program takes it.</summary>
internal static class TapeStep
{
    public static EngineBenchmark.StepTimes Measure(string targets, int steps, int tokens, int rows)
    {
        using ICausalLm model = BenchmarkModel.Create();
        using Workspace workspace = model.CreateWorkspace();
        using LoraMethod lora = CreateLora(model, targets);
        IReadOnlyList<Parameter> trained = lora.Trained;
        int[][] ids = BenchmarkModel.Rows(tokens, rows);
        var times = new EngineBenchmark.StepTimes();
        for (int step = 0; step <= steps; step++) times.Run(warmUp: step == 0, Step);
        return times;

        double Step()
        {
            double loss;
            using (TokenBatch batch = TokenBatch.FromRows(ids, ids))
            using (var t = new Tape(workspace))
            {
                Var l = t.CrossEntropy(model.Hidden(t, batch), model.Head, batch, batch.NumLabels);
                loss = l.Data.item<float>();
                t.Backward(l);
            }
            using (no_grad())
            {
                foreach (Parameter parameter in trained)
                {
                    parameter.Value.add_(parameter.Grad!, -BenchmarkModel.LearningRate);
                    parameter.ClearGrad();
                }
            }
            return loss;
        }
    }

    /// <summary>The product's own adapter, beginning with the numbers of the plain variant.</summary>
    private static LoraMethod CreateLora(ICausalLm model, string targets)
    {
        var config = new LoraConfig
        {
            Rank = BenchmarkModel.Rank,
            Alpha = BenchmarkModel.Scale * BenchmarkModel.Rank,
            TargetModules = TargetModules.FromSetting(targets == "qv" ? ["q_proj", "v_proj"] : [targets]),
        };
        var tunable = new TunableModel(model.Linears, model.Parameters, model.Head);
        LoraMethod method = LoraMethod.Create(config, tunable, seed: 1);
        PeftCatalog.StartTraining(method, tunable);
        foreach (LoraAdapter adapter in method.Adapters)
        {
            using var generator = new Generator(3);
            adapter.A.Value.normal_(0, 0.02, generator);
        }

        return method;
    }
}
