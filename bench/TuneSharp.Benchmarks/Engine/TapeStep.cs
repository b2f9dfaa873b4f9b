using TorchSharp;
using TuneSharp.Models;
using TuneSharp.Nn;
using static TorchSharp.torch;
using Buffer = TuneSharp.Nn.Buffer;

namespace TuneSharp.Benchmarks.Engine;

/// <summary>The step as this program takes it.</summary>
internal static class TapeStep
{
    public static EngineBenchmark.StepTimes Measure(string targets, int steps, int tokens, int rows)
    {
        using ICausalLm model = BenchmarkModel.Create();
        using Workspace workspace = model.CreateWorkspace();
        List<Parameter> trained = [];
        foreach (Linear linear in model.Linears.Where(linear => BenchmarkModel.IsTarget(linear.Name, targets)))
        {
            var lora = new Lora(linear);
            linear.Adapters.Add(lora);
            trained.AddRange([lora.A, lora.B]);
        }
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

    /// <summary>u = x A^T, y += s u B; B as [r, Out].</summary>
    private sealed class Lora : ILinearAdapter
    {
        public Lora(Linear linear)
        {
            using var generator = new Generator(3);
            A = new Parameter("a", torch.empty(BenchmarkModel.Rank, linear.In).normal_(0, 0.02, generator)) { Trained = true };
            B = new Parameter("b", torch.zeros(BenchmarkModel.Rank, linear.Out)) { Trained = true };
        }

        public Parameter A { get; }

        public Parameter B { get; }

        public bool Trained => true;

        public Action<Tensor> Forward(Tape t, Linear linear, Var x, Tensor y)
        {
            Buffer u = t.Rent(x.NumTokens, BenchmarkModel.Rank);
            u.Tensor.addmm_(x.Data, A.Value.t(), 0, 1);
            y.addmm_(u.Tensor, B.Value, 1, (float)BenchmarkModel.Scale);
            Kept input = t.Keep(x), hidden = t.Keep(u);
            return dY =>
            {
                B.AddProduct(hidden.Data.t(), dY, BenchmarkModel.Scale);
                using Buffer dU = t.Workspace.Rent(dY.shape[0], BenchmarkModel.Rank);
                dU.Tensor.addmm_(dY, B.Value.t(), 0, (float)BenchmarkModel.Scale);
                A.AddProduct(dU.Tensor.t(), input.Data);
                if (x.NeedsGrad) x.AddProduct(dU.Tensor, A.Value);
            };
        }
    }
}
