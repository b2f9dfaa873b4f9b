using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Peft.Lora;
using TuneSharp.Training.Optimizers;

namespace TuneSharp.Benchmarks.Engine;

/// <summary>The step as this program takes it.</summary>
internal static class TapeStep
{
    public static EngineBenchmark.StepTimes Measure(string targets, int steps, int tokens, int rows)
    {
        using ICausalLm model = BenchmarkModel.Create();
        using Workspace workspace = model.CreateWorkspace();
        using LoraMethod lora = BenchmarkModel.Adapt(model, targets);
        using var optimizer = new Optimizer(OptimizerCatalog.Default, new AdamRule(), [new ParameterGroup(lora.Trained)]);
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
            optimizer.Step(BenchmarkModel.LearningRate);
            foreach (Parameter parameter in lora.Trained) parameter.ClearGrad();
            return loss;
        }
    }
}
