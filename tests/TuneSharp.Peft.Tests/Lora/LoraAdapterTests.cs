// T = tokens, I = in, O = out, r = rank
using TorchSharp;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Lora.Initialisation;
using TuneSharp.Peft.Targets;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Tests.Lora;

/// <summary>The adapter against its plain reference under autograd, in float64 so that a wrong factor cannot hide in rounding.</summary>
public class LoraAdapterTests
{
    public LoraAdapterTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData(1, 1, 1, 1, 0.0)]
    [InlineData(5, 7, 3, 2, 0.0)]
    [InlineData(17, 33, 65, 4, 0.0)]
    [InlineData(17, 33, 65, 4, 0.3)]
    [InlineData(9, 8, 8, 16, 0.5)]
    public void Gradients_AgainstAutogradOfTheReference_Agree(int numTokens, int inputs, int outputs, int rank, double dropout)
    {
        using DisposeScope scope = NewDisposeScope();
        using Case c = new(numTokens, inputs, outputs, rank, dropout);
        (Tensor y, Tensor dX) = c.RunOnTape(passes: 1);
        (Tensor yR, Tensor dXR, Tensor dAR, Tensor dBR) = c.RunReference();

        Difference(y, yR).ShouldBeLessThan(1e-12);
        Difference(dX, dXR).ShouldBeLessThan(1e-12);
        Difference(c.Adapter.A.Grad!, dAR).ShouldBeLessThan(1e-12);
        Difference(c.Adapter.B.Grad!.t(), dBR).ShouldBeLessThan(1e-12);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.4)]
    public void Gradients_AgainstCentralDifferences_Agree(double dropout)
    {
        using DisposeScope scope = NewDisposeScope();
        using Case c = new(4, 5, 6, 3, dropout);
        c.RunOnTape(passes: 1);
        foreach ((Parameter parameter, Tensor grad) in ((Parameter, Tensor)[])[(c.Adapter.A, c.Adapter.A.Grad!.clone()), (c.Adapter.B, c.Adapter.B.Grad!.clone())])
        {
            foreach (int i in (int[])[0, 3, 7])
            {
                Tensor element = parameter.Value.view(-1).narrow(0, i, 1);
                float start = element.item<float>();
                (double At, double Loss) Moved(float delta)
                {
                    // What float32 made of the sum is the point that counts.
                    element.fill_(start + delta);
                    return (element.item<float>(), (c.RunOnTape(passes: 1).Y * c.DY).sum().item<double>());
                }

                (double atHigh, double high) = Moved(0.01f);
                (double atLow, double low) = Moved(-0.01f);
                element.fill_(start);
                ((high - low) / (atHigh - atLow)).ShouldBe(grad.view(-1)[i].item<double>(), 1e-9);
            }
        }
    }

    [Fact]
    public void Gradients_TwoPasses_AddUp()
    {
        using DisposeScope scope = NewDisposeScope();
        using Case c = new(6, 5, 4, 2, 0.25);
        c.RunOnTape(passes: 1);
        Tensor once = c.Adapter.A.Grad!.clone(), onceB = c.Adapter.B.Grad!.clone();
        c.RunOnTape(passes: 2);
        Difference(c.Adapter.A.Grad!, once * 2).ShouldBeLessThan(1e-12);
        Difference(c.Adapter.B.Grad!, onceB * 2).ShouldBeLessThan(1e-12);
    }

    [Fact]
    public void Frozen_StillPassesItsPartOfTheInputsGradient()
    {
        using DisposeScope scope = NewDisposeScope();
        using Case c = new(6, 5, 4, 2, 0);
        c.Adapter.A.Trained = c.Adapter.B.Trained = false;
        (_, Tensor dX) = c.RunOnTape(passes: 1);
        Difference(dX, c.RunReference().DX).ShouldBeLessThan(1e-12);
        c.Adapter.A.Grad.ShouldBeNull();
        c.Adapter.B.Grad.ShouldBeNull();
    }

    [Fact]
    public void Strength_ScalesForwardAndBackward()
    {
        using DisposeScope scope = NewDisposeScope();
        using Case c = new(6, 5, 4, 2, 0);
        c.Adapter.Strength = 0;
        (Tensor y, _) = c.RunOnTape(passes: 1);
        Difference(y, c.X.mm(c.Linear.Weight.Value.t().to(ScalarType.Float64))).ShouldBe(0);
        c.Adapter.A.Grad!.abs().max().item<double>().ShouldBe(0);
    }

    [Fact]
    public void Dropout_WhenNotTraining_IsOff()
    {
        using DisposeScope scope = NewDisposeScope();
        using Case c = new(6, 5, 4, 2, 0.9);
        (Tensor y, _) = c.RunOnTape(passes: 1, training: false);
        using Case plain = new(6, 5, 4, 2, 0);
        Difference(y, plain.RunOnTape(passes: 1).Y).ShouldBe(0);
    }

    [Fact]
    public void Dropout_OtherSeed_DropsOthers()
    {
        using DisposeScope scope = NewDisposeScope();
        using Case c = new(6, 5, 4, 2, 0.5);
        Tensor first = c.RunOnTape(passes: 1, seed: 1).Y, again = c.RunOnTape(passes: 1, seed: 1).Y, other = c.RunOnTape(passes: 1, seed: 2).Y;
        Difference(first, again).ShouldBe(0);
        Difference(first, other).ShouldBeGreaterThan(1e-3);
    }

    [Fact]
    public void Bfloat16Computation_StaysCloseToFloat32()
    {
        using DisposeScope scope = NewDisposeScope();
        using Case c = new(32, 24, 20, 4, 0.25, ScalarType.BFloat16);
        using Case exact = new(32, 24, 20, 4, 0.25, ScalarType.Float32);
        Tensor y = c.RunOnTape(passes: 1).Y.to(ScalarType.Float32), expected = exact.RunOnTape(passes: 1).Y;
        (Difference(y, expected) / expected.abs().max().item<float>()).ShouldBeLessThan(0.03);
        c.Adapter.A.Grad!.dtype.ShouldBe(ScalarType.Float32);
        (Difference(c.Adapter.A.Grad!, exact.Adapter.A.Grad!) / exact.Adapter.A.Grad!.abs().max().item<float>()).ShouldBeLessThan(0.03);
    }

    [Fact]
    public void Initialise_AIsWithinItsBound_BIsZero_AndTheSeedDecides()
    {
        using DisposeScope scope = NewDisposeScope();
        using Case c = new(2, 64, 8, 4, 0);
        FirstValues.Fill(c.Adapter, LoraStart.Default, 5);
        Tensor first = c.Adapter.A.Value.clone();
        ((double)first.abs().max().item<float>()).ShouldBeInRange(0.8 / 8, 1.0 / 8);
        c.Adapter.B.Value.abs().max().item<float>().ShouldBe(0);
        FirstValues.Fill(c.Adapter, LoraStart.Default, 5);
        first.equal(c.Adapter.A.Value).all().item<bool>().ShouldBeTrue();
        FirstValues.Fill(c.Adapter, LoraStart.Default, 6);
        first.equal(c.Adapter.A.Value).all().item<bool>().ShouldBeFalse();
    }

    private static double Difference(Tensor a, Tensor b) => (a.to(ScalarType.Float64) - b.to(ScalarType.Float64)).abs().max().item<double>();

    /// <summary>A linear with an adapter, its input and the gradient of its output, all from fixed seeds.</summary>
    private sealed class Case : IDisposable
    {
        private readonly Workspace _workspace;
        private readonly int _numTokens, _rank;
        private readonly double _dropout;

        public Case(int numTokens, int inputs, int outputs, int rank, double dropout, ScalarType type = ScalarType.Float64)
        {
            (_numTokens, _rank, _dropout) = (numTokens, rank, dropout);
            _workspace = new Workspace(type);
            manual_seed(7);
            Linear = new Linear("model.layers.0.q_proj", new Parameter("w", randn(outputs, inputs)));
            X = randn(numTokens, inputs, dtype: ScalarType.Float64);
            DY = randn(numTokens, outputs, dtype: ScalarType.Float64);
            var config = new LoraConfig { Rank = rank, Alpha = 3, Dropout = dropout, TargetModules = TargetModules.List("q_proj") };
            Adapter = new LoraAdapter(Linear, config);
            Adapter.A.Value.copy_(randn(rank, inputs));
            Adapter.B.Value.copy_(randn(rank, outputs));
            Adapter.A.Trained = Adapter.B.Trained = true;
            Linear.Adapters.Add(Adapter);
        }

        public Linear Linear { get; }

        public LoraAdapter Adapter { get; }

        public Tensor X { get; }

        public Tensor DY { get; }

        public (Tensor Y, Tensor DX) RunOnTape(int passes, bool training = true, long seed = 11)
        {
            Adapter.A.ClearGrad();
            Adapter.B.ClearGrad();
            (Tensor Y, Tensor DX) result = default;
            for (int pass = 0; pass < passes; pass++)
            {
                using var tape = new Tape(_workspace) { Seed = seed, Training = training };
                Var x = tape.Leaf(X, needsGrad: true);
                Var y = Linear.Forward(tape, x);
                Tensor output = y.Data.clone();
                Nn.Buffer dY = _workspace.Rent(DY.shape);
                dY.Tensor.copy_(DY);
                tape.Backward(y, dY);
                using Nn.Buffer dX = Tape.GradientOf(x)!;
                result = (output, dX.Tensor.clone());
            }

            _workspace.NumRented.ShouldBe(0);
            return result;
        }

        public (Tensor Y, Tensor DX, Tensor DA, Tensor DB) RunReference()
        {
            Tensor Leaf(Tensor value) => value.to(ScalarType.Float64).clone().requires_grad_();
            Tensor x = Leaf(X), a = Leaf(Adapter.A.Value), b = Leaf(Adapter.B.Value.t().contiguous());
            Tensor w = Linear.Weight.Value.to(ScalarType.Float64);
            Tensor? mask = _dropout > 0 ? Adapter.MaskFor(11, _numTokens) : null;
            Tensor y = LoraReference.Forward(x, w, a, b, 3.0 / _rank, mask);
            (y * DY).sum().backward();
            return (y.detach(), x.grad!, a.grad!, b.grad!);
        }

        public void Dispose()
        {
            Adapter.Dispose();
            Linear.Weight.Dispose();
            _workspace.Dispose();
        }
    }
}
