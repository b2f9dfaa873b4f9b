using TorchSharp;
using TuneSharp.Models.Tests.Support;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Models.Tests;

/// <summary>Every gradient of whole decoders against autograd, in float64 and in float32.</summary>
public sealed class DecoderGradientTests
{
    // Cosines and sines are rounded to float32 in every precision.
    private const double Float64Tolerance = 1e-6, Float32Tolerance = 2e-6;

    public enum Method { QueryValueLora, AllLinearLora, Full }

    public static TheoryData<string, string, Method, bool> Cases()
    {
        var cases = new TheoryData<string, string, Method, bool>();
        foreach ((string type, string extra) in (List<(string, string)>)[("llama", ""), ("llama", ", \"tie_word_embeddings\": true, \"attention_bias\": true, \"mlp_bias\": true"), ("qwen2", "")])
            foreach (Method method in Enum.GetValues<Method>())
                foreach (bool recompute in (bool[])[false, true])
                    cases.Add(type, extra, method, recompute);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Loss_and_gradients_equal_autograd(string type, string extra, Method method, bool recompute)
    {
        using DisposeScope scope = NewDisposeScope();
        using ICausalLm model = TinyModels.Create(type, extra);
        model.RecomputeBlocks = recompute;
        List<Parameter> trained = Prepare(model, method);
        (int[][] ids, int[][] labels) = TinyModels.Rows(3, 17, 1, 30, 29, 9);
        double divisor = ids.Zip(labels, (row, l) => l.Skip(1).Count(x => x != TokenBatch.Ignored)).Sum();

        Dictionary<string, Tensor> exact = Autograd(ScalarType.Float64, out double loss), single = Autograd(ScalarType.Float32, out _);
        Compare(Tape(ScalarType.Float64), _ => Float64Tolerance);

        // Both orders of summation are right in float32: the tape may be as far from the exact gradient as autograd is.
        Compare(Tape(ScalarType.Float32), name => Math.Max(Float32Tolerance, 3 * TinyModels.RelativeError(single[name], exact[name])));
        if (method != Method.Full) model.Parameters.Where(p => p.Grad is not null).ShouldBeEmpty();

        Dictionary<string, Tensor> Autograd(ScalarType precision, out double value)
        {
            Tensor Leaf(Parameter p) => p.Value.detach().to(precision, copy: true).requires_grad_(p.Trained);
            Dictionary<string, Tensor> weights = model.Parameters.ToDictionary(p => p.Name, Leaf, StringComparer.Ordinal);
            Dictionary<string, (Tensor A, Tensor B)> lora = model.Linears.Where(l => l.Adapters.Count > 0).Select(l => (l.Name, Lora: (TestLora)l.Adapters[0]))
                .ToDictionary(l => l.Name, l => (Leaf(l.Lora.A), Leaf(l.Lora.B)), StringComparer.Ordinal);
            Tensor result = new PlainDecoder(model.Config, weights, lora).Loss(ids, labels, divisor);
            result.backward();
            value = result.to(ScalarType.Float64).item<double>();
            return trained.ToDictionary(p => p.Name, p => p.Name.Split(".lora_") is [string module, string matrix]
                ? (matrix == "A" ? lora[module].A : lora[module].B).grad! : weights[p.Name].grad!, StringComparer.Ordinal);
        }

        // Two micro-batches with one divisor: the gradients add up.
        double Tape(ScalarType precision)
        {
            foreach (Parameter parameter in trained) parameter.ClearGrad();
            using var workspace = new Workspace(precision);
            return Step(model, workspace, ids[..2], labels[..2], divisor) + Step(model, workspace, ids[2..], labels[2..], divisor);
        }

        void Compare(double actual, Func<string, double> tolerance)
        {
            actual.ShouldBe(loss, 2e-6 * loss);
            foreach (Parameter parameter in trained)
                TinyModels.RelativeError(parameter.Grad.ShouldNotBeNull(parameter.Name), exact[parameter.Name]).ShouldBeLessThan(tolerance(parameter.Name), parameter.Name);
        }
    }

    [Fact]
    public void Nothing_runs_below_the_lowest_trained_part()
    {
        using ICausalLm model = TinyModels.Create("llama");
        Linear last = model.Linears[^1];
        var lora = new TestLora(last, 5);
        last.Adapters.Add(lora);
        (int[][] ids, int[][] labels) = TinyModels.Rows(3, 17, 9);
        using Workspace workspace = model.CreateWorkspace();
        using TokenBatch batch = TokenBatch.FromRows(ids, labels);
        using var t = new Tape(workspace);
        Var hidden = model.Hidden(t, batch);
        hidden.NeedsGrad.ShouldBeTrue();
        t.NumRecorded.ShouldBe(3, "the last product, the residual connection, the final norm");
    }

    [Theory]
    [InlineData(Method.QueryValueLora)]
    [InlineData(Method.Full)]
    public void Three_hundred_steps_of_changing_lengths_hold_memory_flat_and_repeat_bit_for_bit(Method method)
    {
        double[] first = Run(300), second = Run(20);
        second.ShouldBe(first[..20]);
        first[^1].ShouldBeLessThan(first[0]);

        double[] Run(int steps)
        {
            using ICausalLm model = TinyModels.Create("llama");
            List<Parameter> trained = Prepare(model, method);
            using Workspace workspace = model.CreateWorkspace();
            List<double> losses = [];
            long bytes = 0, anonymous = 0;
            for (int step = 0; step < steps; step++)
            {
                (int[][] ids, int[][] labels) = step % 2 == 0 ? TinyModels.Rows(3, 70, 20) : TinyModels.Rows(4, 33, 40, 41);
                if (step == 20)
                {
                    bytes = workspace.TotalBytes;
                    anonymous = AnonymousBytes();
                    DisposeScopeManager.Statistics.Reset();
                }
                losses.Add(Step(model, workspace, ids, labels, 60));
                using var off = no_grad();
                foreach (Parameter parameter in trained)
                {
                    parameter.Value.add_(parameter.Grad!, -0.01);
                    parameter.ClearGrad();
                }
            }
            if (steps > 20)
            {
                DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(0, "live tensors");
                workspace.TotalBytes.ShouldBeLessThanOrEqualTo(bytes);

                // Of buffers nothing may grow; the slack is for the managed heap and compiled code.
                (AnonymousBytes() - anonymous).ShouldBeLessThan(60L << 20);
            }
            return [.. losses];
        }
    }

    internal static List<Parameter> Prepare(ICausalLm model, Method method)
    {
        if (method == Method.Full)
        {
            foreach (Parameter parameter in model.Parameters) parameter.Trained = true;
            return [.. model.Parameters];
        }
        List<Parameter> trained = [];
        foreach ((int i, Linear linear) in model.Linears.Index())
        {
            if (method == Method.QueryValueLora && !linear.Name.EndsWith("q_proj", StringComparison.Ordinal) && !linear.Name.EndsWith("v_proj", StringComparison.Ordinal)) continue;
            var lora = new TestLora(linear, (ulong)i);
            linear.Adapters.Add(lora);
            trained.AddRange([lora.A, lora.B]);
        }
        return trained;
    }

    internal static double Step(ICausalLm model, Workspace workspace, int[][] ids, int[][] labels, double divisor)
    {
        using TokenBatch batch = TokenBatch.FromRows(ids, labels);
        var t = new Tape(workspace);
        Var loss = t.CrossEntropy(model.Hidden(t, batch), model.Head, batch, divisor);
        double value = TinyModels.Numbers(loss.Data)[0];
        t.Backward(loss);
        t.Dispose();
        t.NumForgotten.ShouldBe(0);
        return value;
    }

    private static long AnonymousBytes() =>
        long.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith("RssAnon:", StringComparison.Ordinal)).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1]) << 10;
}
