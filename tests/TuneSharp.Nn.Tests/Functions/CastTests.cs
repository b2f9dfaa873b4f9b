using TorchSharp;
using TuneSharp.Nn.Tests.Support;
using static TorchSharp.torch;

namespace TuneSharp.Nn.Tests.Functions;

/// <summary>A residual stream that is wider than the type of computation, and what narrows it.</summary>
public sealed class CastTests
{
    private const int Tokens = 9, Width = 24;

    [Fact]
    public void Without_a_wide_residual_stream_nothing_is_cast()
    {
        using var workspace = new Workspace();
        using var t = new Tape(workspace);
        using Tensor numbers = Tensors.Normal(1, ScalarType.Float32, Tokens, Width);
        Var x = t.Leaf(numbers, needsGrad: true);
        t.Cast(x).ShouldBeSameAs(x);
        workspace.ResidualType.ShouldBe(ScalarType.Float32);
        new Workspace(ScalarType.BFloat16).ResidualType.ShouldBe(ScalarType.BFloat16);
        CastFunction.Reference(numbers).ShouldBeSameAs(numbers);
    }

    [Fact]
    public void A_wide_stream_adds_up_small_steps_that_bfloat16_would_lose()
    {
        using DisposeScope scope = NewDisposeScope();
        Stream(wide: true).ShouldBe(1 + 100 * 0.001, 1e-3);
        Stream(wide: false).ShouldBe(1, "each step is below bfloat16's resolution at 1");

        double Stream(bool wide)
        {
            using var workspace = new Workspace(ScalarType.BFloat16, wide);
            using TokenBatch batch = TokenBatch.FromRows([[0]]);
            using var ones = new Parameter("e", torch.ones(1, 1));
            using var t = new Tape(workspace, recording: false);
            Var x = t.Embedding(ones, batch);
            for (int i = 0; i < 100; i++) x = t.Add(x, t.Leaf(torch.full([1, 1], 0.001)));
            return Tensors.Numbers(x.Data)[0];
        }
    }

    [Fact]
    public void A_block_over_a_wide_stream_has_the_gradients_of_float32_within_bfloat16s_digits()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor e = Tensors.Normal(1, ScalarType.Float32, Tokens, Width), n = Tensors.Normal(2, ScalarType.Float32, Width), w = Tensors.Normal(3, ScalarType.Float32, Width, Width) * 0.2;
        using TokenBatch batch = TokenBatch.FromRows([[.. Enumerable.Range(0, Tokens)]]);
        (double[] output, double[][] gradients, ScalarType _) = Run(new Workspace());
        (double[] narrowOutput, double[][] narrowGradients, ScalarType stream) = Run(new Workspace(ScalarType.BFloat16, wideResidual: true));
        stream.ShouldBe(ScalarType.Float32);
        Near(narrowOutput, output);
        for (int i = 0; i < gradients.Length; i++) Near(narrowGradients[i], gradients[i]);

        (double[], double[][], ScalarType) Run(Workspace workspace)
        {
            using Workspace own = workspace;
            Parameter[] p = [new("e", e.clone()) { Trained = true }, new("n", n.clone()) { Trained = true }, new("w", w.clone()) { Trained = true }, new("l", n.clone()) { Trained = true }];
            var t = new Tape(own);
            Var x = t.Embedding(p[0], batch);
            // Pre-norm, then a linear on the stream itself, then a layer norm.
            Var h = t.Add(x, new Linear("w", p[2]).Forward(t, t.RmsNorm(x, p[1], 1e-6)));
            Var again = t.Add(h, new Linear("w", p[2]).Forward(t, h));
            ScalarType type = again.Data.dtype;
            Var y = t.LayerNorm(again, p[3], null, 1e-5);
            double[] numbers = Tensors.Numbers(y.Data);
            Buffer dY = own.Rent(y.Data.shape);
            dY.Tensor.copy_(Tensors.Normal(9, ScalarType.Float32, Tokens, Width));
            t.Backward(y, dY);
            double[][] grads = [.. p.Select(parameter => Tensors.Numbers(parameter.Grad.ShouldNotBeNull()))];
            t.Dispose();
            t.NumForgotten.ShouldBe(0);
            return (numbers, grads, type);
        }

        static void Near(double[] a, double[] b) => (Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum()) / Math.Sqrt(b.Sum(y => y * y))).ShouldBeLessThan(0.02);
    }

    [Fact]
    public void Bfloat16_values_are_rotated_in_float32_and_rounded_once()
    {
        using DisposeScope scope = NewDisposeScope();
        using TokenBatch batch = TokenBatch.FromRows([[.. new int[300]]]);
        var rotary = new RotaryEmbedding(8, 10000, new RotaryScaling.None(), 512);
        Tensor numbers = Tensors.Normal(1, ScalarType.Float32, 300, 16).to(ScalarType.BFloat16);
        RotaryAngles angles = rotary.Angles(batch, null, ScalarType.Float32);
        using var workspace = new Workspace(ScalarType.BFloat16);
        using var t = new Tape(workspace);
        Var x = t.Leaf(numbers, needsGrad: true), y = t.Rope(x, angles, 8);
        Tensor exact = RopeFunction.Reference(numbers.to(ScalarType.Float32), angles, 8);
        y.Data.eq(exact.to(ScalarType.BFloat16)).all().item<bool>().ShouldBeTrue();
        Buffer dY = workspace.Rent(y.Data.shape);
        dY.Tensor.copy_(y.Data);
        t.Backward(y, dY);
        using Buffer dX = Tape.GradientOf(x).ShouldNotBeNull();
        // Rotated back.
        Tensors.RelativeError(dX.Tensor, numbers).ShouldBeLessThan(0.01);
    }
}
