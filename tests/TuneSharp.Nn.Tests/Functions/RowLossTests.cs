using TorchSharp;
using static TorchSharp.torch;

namespace TuneSharp.Nn.Tests.Functions;

/// <summary>What the losses of classifiers refuse, and where a naive formula would fail.</summary>
public sealed class RowLossTests
{
    [Fact]
    public void Huge_logits_give_finite_losses_and_gradients()
    {
        using DisposeScope scope = NewDisposeScope();
        using var workspace = new Workspace();
        using var t = new Tape(workspace);
        Var z = t.Leaf(torch.tensor(new float[,] { { 500, -500 }, { -500, 500 } }), needsGrad: true);
        t.ClassLoss(z, [1, 1], 2).Data.item<float>().ShouldBe(500, 1e-3);
        Var loss = t.BinaryLoss(z, [[0, 0], [1, 1]], 2);
        loss.Data.item<float>().ShouldBe(250, 1e-3);
        t.Backward(loss);
        using Buffer dZ = Tape.GradientOf(z).ShouldNotBeNull();
        dZ.Tensor.data<float>().ToArray().ShouldBe([0.25f, 0, -0.25f, 0]);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        using var workspace = new Workspace();
        using var t = new Tape(workspace);
        Var z = t.Leaf(torch.zeros(2, 3));
        Should.Throw<ArgumentException>(() => t.ClassLoss(z, [0], 1)).Message.ShouldContain("2 rows");
        Should.Throw<ArgumentException>(() => t.ClassLoss(z, [0, 3], 1)).Message.ShouldContain("Class 3");
        Should.Throw<ArgumentException>(() => t.BinaryLoss(z, [[0, 1], [0, 1]], 1)).Message.ShouldContain("2 targets");
        Should.Throw<ArgumentException>(() => t.BinaryLoss(z, [[0, 1, 2], [0, 1, 0]], 1)).Message.ShouldContain("not 2");
        Should.Throw<ArgumentException>(() => t.SquaredLoss(z, [[0, 1]], 1)).Message.ShouldContain("rows");
        Should.Throw<ArgumentOutOfRangeException>(() => t.SquaredLoss(z, [[0, 1, 0], [0, 1, 0]], 0));
    }
}
