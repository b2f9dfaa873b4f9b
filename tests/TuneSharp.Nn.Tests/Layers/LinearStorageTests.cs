using TorchSharp;
using TuneSharp.Nn.Tests.Support;
using static TorchSharp.torch;

namespace TuneSharp.Nn.Tests.Layers;

/// <summary>Storage of the weight and type of the computation are independent.</summary>
public sealed class LinearStorageTests
{
    [Theory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float16)]
    public void A_narrow_weight_computes_as_its_float32_copy(ScalarType storage)
    {
        using DisposeScope scope = NewDisposeScope();
        using Tensor narrow = Tensors.Normal(1, storage, 37, 12);
        (Tensor y, Tensor dX, Tensor dW) stored = Step(narrow), copied = Step(narrow.to(float32));
        Tensors.Numbers(stored.y).ShouldBe(Tensors.Numbers(copied.y));
        Tensors.Numbers(stored.dX).ShouldBe(Tensors.Numbers(copied.dX));
        Tensors.Numbers(stored.dW).ShouldBe(Tensors.Numbers(copied.dW));
        stored.dW.dtype.ShouldBe(float32);
    }

    [Fact]
    public void A_weight_beyond_the_panel_size_is_converted_in_pieces()
    {
        // 4 M elements a piece: 3,000 rows of 3,000 are three pieces.
        using DisposeScope scope = NewDisposeScope();
        Tensor narrow = Tensors.Normal(1, ScalarType.BFloat16, 3000, 3000);
        (Tensor y, Tensor dX, Tensor dW) stored = Step(narrow), copied = Step(narrow.to(float32));
        Tensors.RelativeError(stored.y, copied.y).ShouldBeLessThan(1e-6);
        Tensors.RelativeError(stored.dX, copied.dX).ShouldBeLessThan(1e-6);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void The_bfloat16_path_is_near_float32(ScalarType storage)
    {
        // The processor need not have the instructions: slow, but the same path.
        using DisposeScope scope = NewDisposeScope();
        using TokenBatch batch = TokenBatch.FromRows([[1, 2, 3, 4, 5], [6, 7]], [[1, 2, 3, 4, 5], [6, 7]]);
        (double Loss, Dictionary<string, Tensor> Gradients) narrow = TinyBlock(ScalarType.BFloat16), wide = TinyBlock(ScalarType.Float32);
        narrow.Loss.ShouldBe(wide.Loss, 0.02 * wide.Loss);
        foreach ((string name, Tensor gradient) in narrow.Gradients)
        {
            gradient.dtype.ShouldBe(float32, name);
            Tensors.RelativeError(gradient, wide.Gradients[name]).ShouldBeLessThan(0.05, name);
        }

        (double, Dictionary<string, Tensor>) TinyBlock(ScalarType compute)
        {
            Parameter[] p = [.. new[] { ("e", (long[])[11, 8]), ("n", [8]), ("q", [8, 8]), ("k", [8, 8]), ("v", [8, 8]), ("g", [12, 8]), ("u", [12, 8]), ("d", [8, 12]) }
                .Select((shape, i) => new Parameter(shape.Item1, (Tensors.Normal(10 + i, ScalarType.Float32, shape.Item2) * 0.5).to(ScalarType.BFloat16).to(storage)) { Trained = true })];
            Linear L(int i) => new(p[i].Name, p[i]);
            var attention = new GroupedQueryAttention(L(2), L(3), L(4), L(2), new AttentionHeads(2, 2, 4));
            var mlp = new GatedMlp(L(5), L(6), L(7));
            using var workspace = new Workspace(compute);
            RotaryAngles angles = new RotaryEmbedding(4, 100, new RotaryScaling.None(), 16).Angles(batch, null, compute);
            var t = new Tape(workspace);
            Var x = t.Recompute(t.Embedding(p[0], batch), (t, x) =>
            {
                Var h = t.Add(x, attention.Forward(t, t.RmsNorm(x, p[1], 1e-5), batch, angles, null));
                return t.Add(h, mlp.Forward(t, t.RmsNorm(h, p[1], 1e-5)));
            });
            Var loss = t.CrossEntropy(t.RmsNorm(x, p[1], 1e-5), L(0), batch, batch.NumLabels);
            double value = loss.Data.to(float64).item<double>();
            t.Backward(loss);
            t.Dispose();
            t.NumForgotten.ShouldBe(0);
            return (value, p.ToDictionary(q => q.Name, q => q.Grad!, StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Wrong_sizes_are_refused_by_name()
    {
        using DisposeScope scope = NewDisposeScope();
        using var workspace = new Workspace();
        using var t = new Tape(workspace);
        var weight = new Parameter("x.weight", Tensors.Normal(1, ScalarType.Float32, 3, 4));
        Should.Throw<ArgumentException>(() => new Linear("x", weight, new Parameter("x.bias", Tensors.Normal(1, ScalarType.Float32, 4)))).Message.ShouldContain("x.bias");
        Should.Throw<ArgumentException>(() => new Linear("x", weight).Forward(t, t.Leaf(Tensors.Normal(2, ScalarType.Float32, 2, 5)))).Message.ShouldContain("width 4");
    }

    private static (Tensor Y, Tensor DX, Tensor DW) Step(Tensor weight)
    {
        using var workspace = new Workspace();
        var linear = new Linear("x", new Parameter("x.weight", weight.clone()) { Trained = weight.numel() < 1000 });
        using var t = new Tape(workspace);
        Var x = t.Leaf(Tensors.Normal(5, ScalarType.Float32, 3, weight.shape[1]), needsGrad: true), y = linear.Forward(t, x);
        Tensor output = y.Data.clone();
        Buffer dY = workspace.Rent(output.shape);
        dY.Tensor.copy_(Tensors.Normal(6, ScalarType.Float32, output.shape));
        t.Backward(y, dY);
        using Buffer dX = Tape.GradientOf(x)!;
        return (output, dX.Tensor.clone(), linear.Weight.Grad?.clone() ?? output);
    }
}
